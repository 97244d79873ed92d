import { describe, expect, it } from '@jest/globals'
import { readEnvironment } from './environment.js'

const complete = {
  CREDENTIALS_URL: 'https://abc.execute-api.eu-west-1.amazonaws.com/credentials',
  USERS_URL: 'https://abc.execute-api.eu-west-1.amazonaws.com/credentials',
  ROLE_ARN: 'arn:aws:iam::123456789012:role/sts-sample-role',
  STS_URL: 'https://sts.eu-west-1.amazonaws.com',
  OWN_USER: '{role}~{session}',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
}

describe('readEnvironment', () => {
  it('reads the variables of the stack and of Lambda', () => {
    expect(readEnvironment(complete)).toMatchObject({
      stsUrl: new URL('https://sts.eu-west-1.amazonaws.com'),
      region: 'eu-west-1',
      keys: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
      standIn: false,
    })
  })

  it('uses the same STS endpoint as the SDKs', () => {
    const read = readEnvironment({ ...complete, AWS_ENDPOINT_URL_STS: 'https://localhost:8445' })
    expect(read).toMatchObject({ stsUrl: new URL('https://localhost:8445'), standIn: true })
  })

  it.each([
    'CREDENTIALS_URL',
    'USERS_URL',
    'ROLE_ARN',
    'STS_URL',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ])('names %s if it is missing', (name) => {
    expect(() => readEnvironment({ ...complete, [name]: undefined })).toThrow(name)
  })

  it('reads the access table, the key of the own item and the filter beyond the ceiling', () => {
    expect(readEnvironment(complete).ownItem).toBeUndefined()
    const table = { ACCESS_TABLE: 'T', DYNAMODB_URL: 'https://dynamodb.eu-west-1.amazonaws.com', OWN_ITEM: 'role#R' }
    expect(readEnvironment({ ...complete, ...table, BEYOND_CEILING: '#' }).ownItem).toEqual({
      url: new URL(table.DYNAMODB_URL),
      tableName: 'T',
      key: 'role#R',
      beyondCeiling: '#',
    })
    for (const name of ['DYNAMODB_URL', 'OWN_ITEM']) {
      expect(() => readEnvironment({ ...complete, ...table, [name]: undefined })).toThrow(name)
    }
  })

  it('names a variable that is not a URL', () => {
    expect(() => readEnvironment({ ...complete, CREDENTIALS_URL: 'abc' })).toThrow("CREDENTIALS_URL is 'abc'")
  })
})
