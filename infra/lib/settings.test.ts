import { describe, expect, it } from '@jest/globals'
import { App } from 'aws-cdk-lib'
import { SettingError, settings } from './settings.js'

function read(context: Record<string, unknown>): ReturnType<typeof settings> {
  return settings(new App({ context }).node)
}
const boundary = 'arn:aws:iam::123456789012:policy/team/boundary'
const onCall = 'arn:aws:sns:eu-west-1:123456789012:on-call'
const jwt = { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app,cli' }

describe('settings', () => {
  it('has defaults', () => {
    expect(read({})).toEqual({
      backends: false,
      tracing: false,
      deployCheck: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
    })
  })

  it.each([
    [{ ceiling: 'AWSIoTFullAccess' }, { ceiling: 'AWSIoTFullAccess' }],
    [{ roleName: 'r' }, { roleName: 'r' }],
    [{ backends: 'true' }, { backends: true }],
    [{ backends: true }, { backends: true }],
    [{ tracing: 'true' }, { tracing: true }],
    [{ deployCheck: 'false' }, { deployCheck: false }],
    [{ deployCheck: true }, { deployCheck: true }],
    [{ alarmTopicArn: onCall }, { alarmTopicArn: onCall }],
    [{ permissionsBoundaryArn: boundary }, { permissionsBoundaryArn: boundary }],
    [{ account: '012345678901', region: 'eu-west-1' }, { env: { account: '012345678901', region: 'eu-west-1' } }],
    [
      { account: '012345678901', region: 'us-gov-west-1' },
      { env: { account: '012345678901', region: 'us-gov-west-1' } },
    ],
    [{ concurrency: '50' }, { concurrency: 50 }],
    [{ cacheSeconds: '30' }, { cacheSeconds: 30 }],
    [{ spreadSeconds: '2200' }, { spreadSeconds: 2200 }],
    [{ rateLimit: '5', burstLimit: 6 }, { throttle: { rateLimit: 5, burstLimit: 6 } }],
    [
      { corsOrigins: 'https://a.example.com,https://b.example.com' },
      { corsOrigins: ['https://a.example.com', 'https://b.example.com'] },
    ],
    [jwt, { jwt: { issuer: 'https://login.example.com/', audience: ['app', 'cli'] } }],
    [
      { ...jwt, jwtScope: 'mqtt' },
      { jwt: { issuer: 'https://login.example.com/', audience: ['app', 'cli'], scope: 'mqtt' } },
    ],
  ])('%j', (context, expected) => {
    expect(read(context)).toMatchObject(expected)
  })

  it.each([
    ['ceiling', { ceiling: 'AdministratorAccess' }],
    ['backends', { backends: 'yes' }],
    ['deployCheck', { deployCheck: 'no' }],
    ['alarmTopicArn', { alarmTopicArn: 'on-call' }],
    ['alarmTopicArn', { alarmTopicArn: 'arn:aws:sqs:eu-west-1:123456789012:on-call' }],
    ['permissionsBoundaryArn', { permissionsBoundaryArn: 'boundary' }],
    ['permissionsBoundaryArn', { permissionsBoundaryArn: 'arn:aws:iam::123456789012:role/boundary' }],
    ['account', { region: 'eu-west-1' }],
    ['account', { account: '1234', region: 'eu-west-1' }],
    ['region', { account: '123456789012' }],
    ['region', { account: '123456789012', region: 'Ireland' }],
    ['concurrency', { concurrency: '0' }],
    ['concurrency', { concurrency: 'many' }],
    ['spreadSeconds', { spreadSeconds: '0' }],
    ['spreadSeconds', { spreadSeconds: '1.5' }],
    ['rateLimit', { rateLimit: '-1' }],
    ['roleName', { roleName: '' }],
    ['roleName', { roleName: { name: 'r' } }],
    ['jwtIssuer', { jwtAudience: 'app' }],
    ['jwtIssuer', { jwtScope: 'mqtt' }],
    ['jwtIssuer', { ...jwt, jwtIssuer: 'http://login.example.com/' }],
    ['jwtAudience', { jwtIssuer: 'https://login.example.com/' }],
    ['jwtAudience', { ...jwt, jwtAudience: 'app,' }],
  ])('refuses a wrong %s: %j', (setting, context) => {
    expect(() => read(context)).toThrow(SettingError)
    expect(() => read(context)).toThrow(`-c ${setting}=`)
  })
})
