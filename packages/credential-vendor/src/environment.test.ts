import { describe, expect, it } from '@jest/globals'
import { readEnvironment } from './environment.js'

const complete = {
  ROLE_ARN: 'arn:aws:iam::123456789012:role/r',
  IOT_ENDPOINT: 'x-ats.iot.eu-west-1.amazonaws.com',
  API_ID: 'api',
  PROVERS: 'iam',
  AWS_REGION: 'eu-west-1',
  AWS_LAMBDA_FUNCTION_NAME: 'vendor',
}

describe('readEnvironment', () => {
  it('reads all variables', () => {
    expect(readEnvironment({ ...complete, PATH: '/bin' })).toEqual({
      roleArn: complete.ROLE_ARN,
      endpoint: complete.IOT_ENDPOINT,
      apiId: 'api',
      region: complete.AWS_REGION,
      functionName: 'vendor',
      identity: { provers: new Set(['iam']), userPrefix: '', roleSessions: 'session', guests: false },
      cacheSeconds: 0,
      dense: true,
      groupsClaim: 'groups',
    })
    const access = { ACCESS_TABLE: 't', GROUPS_CLAIM: 'cognito:groups', CEILING: '["tenants/+/#"]' }
    expect(readEnvironment({ ...complete, ...access })).toMatchObject({
      accessTable: 't',
      groupsClaim: 'cognito:groups',
      ceiling: ['tenants/+/#'],
    })
    expect(() => readEnvironment({ ...complete, CEILING: '[1]' })).toThrow('CEILING')
    const accessFunction = 'arn:aws:lambda:eu-west-1:123456789012:function:grants:live'
    expect(readEnvironment({ ...complete, ACCESS_FUNCTION: accessFunction })).toMatchObject({ accessFunction })
    for (const other of ['grants', '', accessFunction.replace('eu-west-1', 'us-east-1'), `${accessFunction}/x`]) {
      expect(() => readEnvironment({ ...complete, ACCESS_FUNCTION: other })).toThrow(`ACCESS_FUNCTION is '${other}'`)
    }
    expect(readEnvironment({ ...complete, CACHE_SECONDS: '300' }).cacheSeconds).toBe(300)
    expect(readEnvironment({ ...complete, SPREAD_SECONDS: '86400' }).spreadSeconds).toBe(86_400)
  })

  it.each(['', 'on', 'OFF'])("refuses DENSE '%s'", (value) => {
    expect(readEnvironment({ ...complete, DENSE: 'off' }).dense).toBe(false)
    expect(() => readEnvironment({ ...complete, DENSE: value })).toThrow(`DENSE is '${value}'`)
  })

  it.each(Object.keys(complete))('names %s if it is missing or empty', (name) => {
    expect(() => readEnvironment({ ...complete, [name]: undefined })).toThrow(`Environment variable ${name} is`)
    expect(() => readEnvironment({ ...complete, [name]: '' })).toThrow(name)
  })

  it.each(['', '-1', '301', '1.5', 'long', '1e2'])("refuses CACHE_SECONDS '%s'", (value) => {
    expect(() => readEnvironment({ ...complete, CACHE_SECONDS: value })).toThrow(`CACHE_SECONDS is '${value}'`)
  })

  it.each(['', '0', '-1', '86401', '1.5', 'long', '1e2'])("refuses SPREAD_SECONDS '%s'", (value) => {
    expect(() => readEnvironment({ ...complete, SPREAD_SECONDS: value })).toThrow(`SPREAD_SECONDS is '${value}'`)
  })

  it('reads the identity settings', () => {
    const more = {
      PROVERS: 'jwt,backend',
      USER_PREFIX: 'Staging~~',
      ROLE_SESSIONS: 'role',
      GUESTS: 'allowed',
      DEPLOY_CHECK_ROLE: 'r',
    }
    expect(readEnvironment({ ...complete, ...more }).identity).toEqual({
      provers: new Set(['jwt', 'backend']),
      userPrefix: 'Staging~~',
      roleSessions: 'role',
      guests: true,
      deployCheckRole: 'r',
    })
  })

  it.each([
    ['PROVERS', 'iam,'],
    ['PROVERS', 'deploy-check'],
    ['PROVERS', 'IAM'],
    ['ROLE_SESSIONS', 'roles'],
    ['GUESTS', 'true'],
  ])('refuses %s %s', (name, value) => {
    expect(() => readEnvironment({ ...complete, [name]: value })).toThrow(`Environment variable ${name} is`)
  })
})
