import {
  type Ceiling,
  cacheLimits,
  type JwtCallers,
  type LogProps,
  spreadLimits,
  type TopicCredentialsProps,
} from '@topic-credentials/cdk'
import type { Environment } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Node } from 'constructs'
import { Context, invalid } from './context.js'

/** The settings of the app, given with `-c NAME=VALUE`. */
export interface Settings {
  readonly stackName: string
  /** Undefined: the app's own entitlements file. */
  readonly entitlementsFile: string | undefined
  /** Account and Region of the stack. If undefined, the deployment uses those of the current credentials. */
  readonly env: Environment | undefined
  readonly props: Omit<TopicCredentialsProps, 'entitlements'>
}

/**
 * Reads the settings of the app from its CDK context; infra/README.md explains each of them.
 *
 * @throws SettingError with the setting, its value and the expected format; also for an unknown setting.
 */
export function settings(node: Node): Settings {
  const context = new Context(node)
  const read: Settings = {
    stackName:
      context.text(
        'stackName',
        /^[A-Za-z][A-Za-z0-9-]{0,127}$/u,
        'a name of letters, digits and hyphens that starts with a letter',
      ) ?? 'TopicCredentials',
    entitlementsFile: context.text('entitlements'),
    env: environment(context),
    props: {
      ceiling: ceiling(context),
      access: context.oneOf('access', ['table', 'file']),
      keepTable: context.flag('keepTable'),
      tableKeyArn: context.text('tableKeyArn', ...keyArn),
      accessFunctionArn: context.text(
        'accessFunctionArn',
        /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?$/u,
        'the ARN of a function of the stack’s account and Region, arn:aws:lambda:REGION:ACCOUNT:function:NAME',
      ),
      groupsClaim: context.text('groupsClaim', /^\S{1,256}$/u, 'the name of a claim, such as cognito:groups'),
      roleName: context.text('roleName', /^[\w+=,.@-]{1,64}$/u, 'a name of up to 64 letters, digits and + = , . @ _ -'),
      jwt: jwtCallers(context),
      backends: context.flag('backends') ?? false,
      roleSessions: context.oneOf('roleSessions', ['session', 'role']),
      guests: context.flag('guests'),
      corsOrigins: context.list('corsOrigins'),
      concurrency: context.number('concurrency', { minimum: 1, maximum: 100_000 }),
      cacheSeconds: context.number('cacheSeconds', cacheLimits),
      spreadSeconds: context.number('spreadSeconds', spreadLimits),
      dense: context.oneOf('dense', ['off']),
      tracing: context.flag('tracing') ?? false,
      deployCheck: context.flag('deployCheck') ?? true,
      ...logs(context),
      alarmTopicArn: context.text(
        'alarmTopicArn',
        /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/u,
        'the ARN of a standard SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME',
      ),
      permissionsBoundaryArn: context.text(
        'permissionsBoundaryArn',
        /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/u,
        'the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME',
      ),
      throttle: {
        rateLimit: context.number('rateLimit', { minimum: 1, maximum: 100_000 }) ?? 100,
        burstLimit: context.number('burstLimit', { minimum: 1, maximum: 100_000 }) ?? 200,
      },
    },
  }
  context.refuseUnknown()
  return read
}

function logs(context: Context): LogProps {
  const days = context.oneOf('logRetentionDays', retentionDays)
  return {
    logRetention: days === undefined ? undefined : Number(days),
    logKeyArn: context.text('logKeyArn', ...keyArn),
    keepLogs: context.flag('keepLogs'),
  }
}

const keyArn = [
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/u,
  'the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID',
] as const

/** The retention periods that CloudWatch Logs supports. */
const retentionDays = Object.values(RetentionDays).flatMap((days) =>
  typeof days === 'number' && days !== RetentionDays.INFINITE ? [String(days)] : [],
)

/** One of two keywords, or topic filters. A filter without a level separator would be treated as a misspelled keyword. */
function ceiling(context: Context): Ceiling | undefined {
  const given = context.list('ceiling')
  const [only = ''] = given ?? []
  if (given === undefined || given.every((filter) => filter.includes('/'))) return given
  if (given.length === 1 && (only === 'entitlements' || only === 'AWSIoTFullAccess')) return only
  throw invalid('ceiling', given.join(), 'entitlements, AWSIoTFullAccess, or topic filters such as tenants/+/#')
}

function jwtCallers(context: Context): JwtCallers | undefined {
  const issuer = context.text(
    'jwtIssuer',
    /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$/u,
    'the https:// URL of the token issuer',
  )
  const audience = context.list('jwtAudience')
  const scope = context.text('jwtScope', /^[\x21\x23-\x5b\x5d-\x7e]+$/u, 'one scope')
  if (issuer === undefined && audience === undefined && scope === undefined) return undefined
  if (issuer === undefined) throw invalid('jwtIssuer', issuer, 'the https:// URL of the token issuer')
  if (audience === undefined) {
    throw invalid(
      'jwtAudience',
      audience,
      'the audience of the tokens; without it, any token of the issuer would be accepted',
    )
  }
  return { issuer, audience, scope }
}

function environment(context: Context): Environment | undefined {
  const account = context.text('account', /^\d{12}$/u, 'the 12 digits of an account, together with region')
  const region = context.text(
    'region',
    /^[a-z]{2,4}(-[a-z]+)+-\d$/u,
    'a Region such as eu-west-1, together with account',
  )
  if (account === undefined && region === undefined) return undefined
  if (account === undefined) throw invalid('account', account, 'the 12 digits of an account, together with region')
  if (region === undefined) throw invalid('region', region, 'a Region such as eu-west-1, together with account')
  return { account, region }
}
