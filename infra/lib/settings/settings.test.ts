import { describe, expect, it } from '@jest/globals'
import { App } from 'aws-cdk-lib'
import { SettingError } from './setting-error.js'
import { type Settings, settings } from './settings.js'

function read(context: Record<string, unknown>): Settings {
  return settings(new App({ context }).node)
}
const boundary = 'arn:aws:iam::123456789012:policy/team/boundary'
const onCall = 'arn:aws:sns:eu-west-1:123456789012:on-call'
const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const jwt = { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app,cli' }

describe('settings', () => {
  it('have defaults', () => {
    const throttle = { rateLimit: 100, burstLimit: 200 }
    expect(read({})).toEqual({
      stackName: 'TopicCredentials',
      props: { backends: false, tracing: false, deployCheck: true, throttle },
    })
  })

  it.each([
    [{ account: '012345678901', region: 'eu-west-1' }, { env: { account: '012345678901', region: 'eu-west-1' } }],
    [
      { account: '012345678901', region: 'eusc-de-east-1' },
      { env: { account: '012345678901', region: 'eusc-de-east-1' } },
    ],
    [{ stackName: 'Staging' }, { stackName: 'Staging' }],
    [{ entitlements: 'mine.json' }, { entitlementsFile: 'mine.json' }],
    // The CDK's own.
    [{ '@aws-cdk/core:something': true, 'cli-telemetry': false, 'availability-zones:account=1': [] }, {}],
  ])('%j', (context, expected) => {
    expect(read(context)).toMatchObject(expected)
  })

  it.each([
    [{ ceiling: 'tenants/+/#, jobs/x' }, { ceiling: ['tenants/+/#', 'jobs/x'] }],
    [
      { access: 'file', keepTable: 'false' },
      { access: 'file', keepTable: false },
    ],
    [{ groupsClaim: 'cognito:groups' }, { groupsClaim: 'cognito:groups' }],
    [{ ceiling: 'AWSIoTFullAccess' }, { ceiling: 'AWSIoTFullAccess' }],
    [{ roleName: 'r' }, { roleName: 'r' }],
    [{ backends: 'true' }, { backends: true }],
    [{ backends: true }, { backends: true }],
    [{ roleSessions: 'role' }, { roleSessions: 'role' }],
    [{ guests: 'true' }, { guests: true }],
    [{ tracing: 'true' }, { tracing: true }],
    [{ logRetentionDays: 365 }, { logRetention: 365 }],
    [{ logKeyArn: key }, { logKeyArn: key }],
    [{ tableKeyArn: key }, { tableKeyArn: key }],
    [{ keepLogs: 'false' }, { keepLogs: false }],
    [{ deployCheck: 'false' }, { deployCheck: false }],
    [{ deployCheck: true }, { deployCheck: true }],
    [{ alarmTopicArn: onCall }, { alarmTopicArn: onCall }],
    [{ permissionsBoundaryArn: boundary }, { permissionsBoundaryArn: boundary }],
    [{ concurrency: '50' }, { concurrency: 50 }],
    [{ cacheSeconds: '30' }, { cacheSeconds: 30 }],
    [{ cacheSeconds: '0' }, { cacheSeconds: 0 }],
    [{ spreadSeconds: '2200' }, { spreadSeconds: 2200 }],
    [{ dense: 'off' }, { dense: 'off' }],
    [{ rateLimit: '5', burstLimit: 6 }, { throttle: { rateLimit: 5, burstLimit: 6 } }],
    [
      { corsOrigins: 'https://a.example.com,https://b.example.com' },
      { corsOrigins: ['https://a.example.com', 'https://b.example.com'] },
    ],
    [
      { corsOrigins: ' https://a.example.com , https://b.example.com' },
      { corsOrigins: ['https://a.example.com', 'https://b.example.com'] },
    ],
    [{ ...jwt, jwtAudience: 'web, cli' }, { jwt: { issuer: 'https://login.example.com/', audience: ['web', 'cli'] } }],
    [
      { ...jwt, jwtAudience: ['web', 'cli'] },
      { jwt: { issuer: 'https://login.example.com/', audience: ['web', 'cli'] } },
    ],
    [jwt, { jwt: { issuer: 'https://login.example.com/', audience: ['app', 'cli'] } }],
    [
      { ...jwt, jwtScope: 'mqtt' },
      { jwt: { issuer: 'https://login.example.com/', audience: ['app', 'cli'], scope: 'mqtt' } },
    ],
  ])('%j is given to the constructs', (context, expected) => {
    expect(read(context).props).toMatchObject(expected)
  })

  it.each([
    ['ceiling', { ceiling: 'AdministratorAccess' }],
    ['backends', { backends: 'yes' }],
    ['roleSessions', { roleSessions: 'roles' }],
    ['guests', { guests: 'yes' }],
    ['deployCheck', { deployCheck: 'no' }],
    ['alarmTopicArn', { alarmTopicArn: 'on-call' }],
    ['alarmTopicArn', { alarmTopicArn: 'arn:aws:sqs:eu-west-1:123456789012:on-call' }],
    ['permissionsBoundaryArn', { permissionsBoundaryArn: 'boundary' }],
    ['permissionsBoundaryArn', { permissionsBoundaryArn: 'arn:aws:iam::123456789012:role/boundary' }],
    ['account', { region: 'eu-west-1' }],
    ['account', { account: '1234', region: 'eu-west-1' }],
    ['region', { account: '123456789012' }],
    ['region', { account: '123456789012', region: 'Ireland' }],
    ['logRetentionDays', { logRetentionDays: 100 }],
    ['logKeyArn', { logKeyArn: 'alias/logs' }],
    ['tableKeyArn', { tableKeyArn: 'alias/table' }],
    ['concurrency', { concurrency: '0' }],
    ['concurrency', { concurrency: 'many' }],
    ['cacheSeconds', { cacheSeconds: '301' }],
    ['dense', { dense: 'on' }],
    ['spreadSeconds', { spreadSeconds: '0' }],
    ['spreadSeconds', { spreadSeconds: '1.5' }],
    ['rateLimit', { rateLimit: '-1' }],
    ['roleName', { roleName: '' }],
    ['roleName', { roleName: 'two words' }],
    ['stackName', { stackName: '1st' }],
    ['corsOrigins', { corsOrigins: 'https://a.example.com,' }],
    ['jwtAudience', { ...jwt, jwtAudience: [] }],
    ['jwtAudience', { ...jwt, jwtAudience: ['app', 7] }],
    ['jwtIssuer', { ...jwt, jwtIssuer: 'https://' }],
    ['jwtScope', { ...jwt, jwtScope: 'mqtt test' }],
    ['roleName', { roleName: { name: 'r' } }],
    ['jwtIssuer', { jwtAudience: 'app' }],
    ['jwtIssuer', { jwtScope: 'mqtt' }],
    ['jwtIssuer', { ...jwt, jwtIssuer: 'http://login.example.com/' }],
    ['jwtAudience', { jwtIssuer: 'https://login.example.com/' }],
    ['jwtAudience', { ...jwt, jwtAudience: 'app,' }],
  ])('refuses a wrong %s: %j', (setting, context) => {
    expect(() => read(context)).toThrow(SettingError)
    expect(() => read(context)).toThrow(`The setting '${setting}' cannot be `)
  })

  it.each([
    ['jwtScopes', 'jwtScope'],
    ['jwt-scope', 'jwtScope'],
    ['JWTISSUER', 'jwtIssuer'],
    ['role', 'roleName'],
    ['deploycheck', 'deployCheck'],
    ['entitlement', 'entitlements'],
  ])('there is no %s: %s is offered', (unknown, known) => {
    expect(() => read({ ...jwt, [unknown]: 'x' })).toThrow(SettingError)
    try {
      read({ ...jwt, [unknown]: 'x' })
    } catch (error) {
      expect(error).toMatchObject({
        code: 'unknown_setting',
        message: `Unknown setting '${unknown}'`,
        remedy: expect.stringContaining(`'${known}'`),
      })
    }
  })
})
