import { describe, expect, it } from '@jest/globals'
import table from './response.cases.json' with { type: 'json' }
import { functionResponse } from './response.js'

describe('functionResponse', () => {
  it.each(table.cases)('$name', ({ payload, status, headers, body, cookies }) => {
    const response = functionResponse(payload)
    if (status === null) return expect(response).toBeUndefined()
    return expect(response && { ...response, body: response.body.toString() }).toEqual({
      status,
      headers,
      body,
      cookies: cookies ?? [],
    })
  })
})
