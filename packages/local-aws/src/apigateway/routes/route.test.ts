import { describe, expect, it } from '@jest/globals'
import { matchRoute, parseRouteKey } from './route.js'
import table from './routes.cases.json' with { type: 'json' }

describe('matchRoute', () => {
  it.each(table.cases)('$request among $routes', ({ routes, request, matches, parameters }) => {
    const [method = '', path = ''] = request.split(' ')
    const match = matchRoute(
      routes.map((text) => ({ key: parseRouteKey(text) })),
      method,
      path,
    )
    expect(match?.route.key.text ?? null).toBe(matches)
    if (match !== undefined) expect({ ...match.pathParameters }).toEqual(parameters)
  })

  it.each(['credentials', 'FETCH /a', 'GET a', 'GET', ''])('refuses the route key %j', (text) => {
    expect(() => parseRouteKey(text)).toThrow(`'${text}'`)
  })
})
