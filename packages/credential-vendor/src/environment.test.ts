import { describe, expect, it } from '@jest/globals'
import { readEnvironment } from './environment.js'

const complete = {
  ROLE_ARN: 'arn:aws:iam::123456789012:role/r',
  IOT_ENDPOINT: 'x-ats.iot.eu-west-1.amazonaws.com',
  AWS_REGION: 'eu-west-1',
}

describe('readEnvironment', () => {
  it('reads what is there', () => {
    expect(readEnvironment({ ...complete, PATH: '/bin' })).toEqual(complete)
  })

  it.each(Object.keys(complete))('names %s when it is missing or empty', (name) => {
    expect(() => readEnvironment({ ...complete, [name]: undefined })).toThrow(
      `Environment variable ${name} is not set.`,
    )
    expect(() => readEnvironment({ ...complete, [name]: '' })).toThrow(name)
  })
})
