import type { Ceiling, JwtCallers, TopicCredentialsProps } from '@topic-credentials/cdk'
import type { Environment } from 'aws-cdk-lib'
import type { Node } from 'constructs'

/** A setting given with `-c NAME=VALUE` (or under `context` in `cdk.json`) that cannot be used. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  readonly code = 'invalid_setting'
  readonly setting: string
  readonly value: unknown
  readonly remedy: string

  constructor(setting: string, value: unknown, remedy: string) {
    super(`-c ${setting}=${String(value)} cannot be used`)
    this.setting = setting
    this.value = value
    this.remedy = remedy
  }
}

/**
 * The stack's settings from the CDK context, where everything is a string. Lists are separated by commas.
 *
 * | setting | example |
 * | --- | --- |
 * | `ceiling` | `AWSIoTFullAccess` |
 * | `roleName` | `sts-sample-role` |
 * | `jwtIssuer`, `jwtAudience`, `jwtScope` | `https://login.example.com/`, `app,cli`, `mqtt` |
 * | `backends` | `true` |
 * | `corsOrigins` | `https://app.example.com,http://localhost:5173` |
 * | `concurrency` | `50` |
 * | `cacheSeconds` | `30` |
 * | `spreadSeconds` | `2200` |
 * | `rateLimit`, `burstLimit` | `100`, `200` |
 * | `tracing` | `true` |
 * | `deployCheck` | `false` |
 * | `alarmTopicArn` | `arn:aws:sns:eu-west-1:123456789012:on-call` |
 * | `permissionsBoundaryArn` | `arn:aws:iam::123456789012:policy/boundary` |
 * | `account`, `region` | `123456789012`, `eu-west-1` |
 *
 * @throws SettingError naming the setting, its value and what was expected.
 */
export function settings(node: Node): Omit<TopicCredentialsProps, 'entitlements'> & { readonly env?: Environment } {
  const text = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name)
    if (value === undefined) return undefined
    const given = typeof value === 'boolean' || typeof value === 'number' ? String(value) : value
    if (typeof given !== 'string' || given === '') throw new SettingError(name, value, 'Expected a value.')
    return given
  }
  const list = (name: string): string[] | undefined => text(name)?.split(',')
  const count = (name: string): number | undefined => {
    const value = text(name)
    if (value !== undefined && !/^[1-9]\d{0,5}$/u.test(value)) {
      throw new SettingError(name, value, 'Expected a whole number from 1.')
    }
    return value === undefined ? undefined : Number(value)
  }
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | undefined => {
    const value = text(name)
    const known = values.find((candidate) => candidate === value)
    if (value !== undefined && known === undefined) {
      throw new SettingError(name, value, `Expected ${values.join(' or ')}.`)
    }
    return known
  }
  return {
    ceiling: oneOf<Ceiling>('ceiling', ['entitlements', 'AWSIoTFullAccess']),
    roleName: text('roleName'),
    jwt: jwtCallers(text('jwtIssuer'), list('jwtAudience'), text('jwtScope')),
    backends: oneOf('backends', ['true', 'false']) === 'true',
    corsOrigins: list('corsOrigins'),
    concurrency: count('concurrency'),
    cacheSeconds: count('cacheSeconds'),
    spreadSeconds: count('spreadSeconds'),
    tracing: oneOf('tracing', ['true', 'false']) === 'true',
    deployCheck: oneOf('deployCheck', ['true', 'false']) !== 'false',
    alarmTopicArn: snsTopicArn(text('alarmTopicArn')),
    permissionsBoundaryArn: managedPolicyArn(text('permissionsBoundaryArn')),
    ...environment(text('account'), text('region')),
    throttle: { rateLimit: count('rateLimit') ?? 100, burstLimit: count('burstLimit') ?? 200 },
  }
}

function jwtCallers(issuer?: string, audience?: string[], scope?: string): JwtCallers | undefined {
  if (issuer === undefined && audience === undefined && scope === undefined) return undefined
  if (issuer === undefined || !issuer.startsWith('https://')) {
    throw new SettingError('jwtIssuer', issuer, 'Expected the https:// address that issues the tokens.')
  }
  if (audience === undefined || audience.includes('')) {
    throw new SettingError(
      'jwtAudience',
      audience,
      'Expected who the tokens are for; without it any token of the issuer would do.',
    )
  }
  return { issuer, audience, scope }
}

function snsTopicArn(arn: string | undefined): string | undefined {
  if (arn === undefined || /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/u.test(arn)) return arn
  throw new SettingError(
    'alarmTopicArn',
    arn,
    'Expected the ARN of a standard SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME.',
  )
}

function managedPolicyArn(arn: string | undefined): string | undefined {
  if (arn === undefined || /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/u.test(arn)) return arn
  throw new SettingError(
    'permissionsBoundaryArn',
    arn,
    'Expected the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME.',
  )
}

/** Where the stack belongs. Without it, a deployment goes wherever the credentials of the moment lead. */
function environment(account?: string, region?: string): { readonly env?: Environment } {
  if (account === undefined && region === undefined) return {}
  if (account === undefined || !/^\d{12}$/u.test(account)) {
    throw new SettingError('account', account, 'Expected the 12 digits of an account, beside region.')
  }
  if (region === undefined || !/^[a-z]{2}(-[a-z]+)+-\d$/u.test(region)) {
    throw new SettingError('region', region, 'Expected a Region such as eu-west-1, beside account.')
  }
  return { env: { account, region } }
}
