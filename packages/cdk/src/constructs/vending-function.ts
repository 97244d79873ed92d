import { cacheLimits, type provers, type VendorEnvironment } from '@topic-credentials/credential-vendor'
import { spreadLimits } from '@topic-credentials/grants'
import { Annotations, Duration, Lazy } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import { Architecture, CfnFunction, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { ConstructError } from '../errors.js'
import { withFunctionCode } from '../functions/function-code.js'
import { VendingMetrics } from '../monitoring/vending-metrics.js'
import type { AccessTable } from './access-table.js'
import type { DataEndpoint } from './data-endpoint.js'
import { type LogProps, logGroup } from './logs.js'
import { defaultUserPrefix } from './names.js'
import type { TopicRole } from './topic-role.js'
import type { VendorRole } from './vendor-role.js'

/** Properties of {@link VendingFunction}. */
export interface VendingFunctionProps extends LogProps {
  /** What the function runs as. It is given the permissions that the function needs. */
  readonly vendor: VendorRole
  /** What sessions are made from. */
  readonly topics: TopicRole
  /** Shipped with the function. From {@link readEntitlements}. */
  readonly entitlements: EntitlementsDocument
  /** Asked at each vend who may have what besides. @default - the entitlements alone decide */
  readonly accessTable?: AccessTable | undefined
  /** The claim of a token that names the groups of the access table. @default 'groups' */
  readonly groupsClaim?: string | undefined
  /** Told to every user who gets credentials. */
  readonly endpoint: DataEndpoint
  /**
   * The most invocations at once, taken from the account's own limit. It keeps a storm of vends from starving other functions
   * and from using up the 600 STS calls per second that the account has in a Region.
   * @default - none reserved
   */
  readonly concurrency?: number | undefined
  /**
   * For how long, up to 300 seconds, a repeated question is answered with the same session: fewer calls of STS when one user
   * asks again and again, but a session that was vended just before a revocation is handed out for that long after it.
   * @default 0
   */
  readonly cacheSeconds?: number | undefined
  /**
   * In how many seconds, 1 to 86,400, AWS's quotas serve your whole fleet: a client that is throttled comes back at random within
   * that time. For N clients 1.1 × N / 500 by AWS's default quotas; see docs/scaling.md.
   * @default - not told: throttled clients double their waits up to five minutes
   */
  readonly spreadSeconds?: number | undefined
  /** Who names the users. @default - IAM alone */
  readonly provers?: readonly (typeof provers)[number][] | undefined
  /**
   * Put before every user ID. A change makes every user another one: other topics, other client IDs, and revocations that name nobody.
   * @default - nothing in the stack `TopicCredentials`, else the stack's name and `~~`
   */
  readonly userPrefix?: string | undefined
  /**
   * `off`: session policies are never written in the dense form, which rests on a wildcard in the place of a resource type. Fewer topics fit then.
   * The deploy check says whether it is needed.
   * @default - dense where nothing else fits
   */
  readonly dense?: 'off' | undefined
  /**
   * `session`: each session of a role is a user, by its session name. `role`: the role is the user, for sessions whose names an SDK makes
   * up, or whose callers choose their names.
   * @default 'session'
   */
  readonly roleSessions?: 'session' | 'role' | undefined
  /** Whether unauthenticated identities of a Cognito identity pool are users. @default false */
  readonly guests?: boolean | undefined
  /** Sends traces to X-Ray, a charge for each. @default false */
  readonly tracing?: boolean | undefined
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const leftUnreserved = 100

/** The function that turns a verified caller into credentials for that caller's topics. */
export class VendingFunction extends Construct {
  readonly function: LambdaFunction
  readonly logGroup: LogGroup
  readonly metrics: VendingMetrics
  /** What it reads at each vend, where there is one. */
  readonly accessTable: AccessTable | undefined
  /** What every user ID of this function begins with; may be empty. */
  readonly userPrefix: string
  readonly roleSessions: 'session' | 'role'
  #api: HttpApi | undefined

  constructor(scope: Construct, id: string, props: VendingFunctionProps) {
    super(scope, id)
    const { vendor, topics } = props
    this.userPrefix = checkedPrefix(props.userPrefix ?? defaultUserPrefix(this))
    this.logGroup = logGroup(this, 'Log', props)
    this.roleSessions = props.roleSessions ?? 'session'
    this.accessTable = props.accessTable
    const table = props.accessTable?.table
    const needed = [
      vendor.mayLog(this.logGroup),
      ...(table === undefined ? [] : [vendor.mayRead(table)]),
      ...(props.tracing === true ? [vendor.mayTrace()] : []),
    ]
    if (props.accessTable?.table.encryptionKey !== undefined) {
      props.accessTable.table.encryptionKey.grantDecrypt(vendor.role)
    }
    const environment: VendorEnvironment = {
      ROLE_ARN: topics.role.roleArn,
      IOT_ENDPOINT: props.endpoint.hostName,
      ...(table === undefined ? {} : { ACCESS_TABLE: table.tableName }),
      ...(props.groupsClaim === undefined ? {} : { GROUPS_CLAIM: props.groupsClaim }),
      ...(table === undefined || topics.declared === undefined ? {} : { CEILING: JSON.stringify(topics.declared) }),
      ...(this.userPrefix === '' ? {} : { USER_PREFIX: this.userPrefix }),
      API_ID: Lazy.string({ produce: () => this.#apiId() }),
      ...(props.dense === undefined ? {} : { DENSE: props.dense }),
      PROVERS: (props.provers ?? ['iam']).join(','),
      ...(this.roleSessions === 'session' ? {} : { ROLE_SESSIONS: this.roleSessions }),
      ...(props.guests === true ? { GUESTS: 'allowed' } : {}),
      ...(props.cacheSeconds === undefined
        ? {}
        : { CACHE_SECONDS: secondsWithin(cacheLimits, 'cacheSeconds', props.cacheSeconds) }),
      ...(props.spreadSeconds === undefined
        ? {}
        : { SPREAD_SECONDS: secondsWithin(spreadLimits, 'spreadSeconds', props.spreadSeconds) }),
    }
    this.function = withFunctionCode(
      'vendor',
      props.entitlements,
      (code) =>
        new LambdaFunction(this, 'Function', {
          description: 'Vends credentials for the MQTT topics granted to the verified caller',
          runtime: Runtime.NODEJS_24_X,
          architecture: Architecture.ARM_64,
          handler: 'index.handler',
          code,
          role: vendor.role,
          environment: { ...environment },
          // Three tries at STS, two seconds each, and their pauses fit.
          timeout: Duration.seconds(10),
          memorySize: 512,
          loggingFormat: LoggingFormat.JSON,
          logGroup: this.logGroup,
          ...(props.concurrency === undefined ? {} : { reservedConcurrentExecutions: props.concurrency }),
        }),
    )
    if (props.concurrency !== undefined) {
      Annotations.of(this).addInfo(
        `concurrency: Lambda leaves ${leftUnreserved} calls at once unreserved. An account whose limit is less than ${props.concurrency + leftUnreserved} (new ones begin with 10) fails the deployment: aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions`,
      )
    }
    this.metrics = new VendingMetrics(this.function)
    if (props.tracing === true) {
      // The function's own property `tracing` would add a statement that does not say why it is there.
      const { defaultChild } = this.function.node
      if (defaultChild instanceof CfnFunction) defaultChild.tracingConfig = { mode: 'Active' }
    }
    this.function.node.addDependency(...needed)
    vendor.mayVend(topics.role, this.function)
  }

  /** The one API whose events the function answers; it refuses all others. Without one there is no synthesis. */
  takeEventsOf(api: HttpApi): void {
    this.#api = api
  }

  #apiId(): string {
    if (this.#api !== undefined) return this.#api.apiId
    throw new ConstructError('invalid_property', `${this.node.path} has no API`, {
      value: undefined,
      remedy: 'Call takeEventsOf(api) with the API that is to invoke it.',
    })
  }

  /** Lets the deploy check's role, and nobody else, ask on the check's own route. */
  admitCheck(role: IRole): void {
    const name: keyof VendorEnvironment = 'DEPLOY_CHECK_ROLE'
    this.function.addEnvironment(name, role.roleName)
  }
}

interface Limits {
  readonly minimum: number
  readonly maximum: number
}

function secondsWithin({ minimum, maximum }: Limits, property: string, seconds: number): string {
  if (Number.isInteger(seconds) && seconds >= minimum && seconds <= maximum) return String(seconds)
  throw new ConstructError('invalid_property', `${property} is ${seconds}`, {
    value: seconds,
    remedy: `Give a whole number from ${minimum} to ${maximum}.`,
  })
}

/** What may stand in a topic level and in a client ID as it is. */
function checkedPrefix(prefix: string): string {
  if (/^[\w=,.@~-]{0,140}$/u.test(prefix)) return prefix
  throw new ConstructError('invalid_property', `userPrefix is '${prefix}'`, {
    value: prefix,
    remedy: 'Use letters, digits and _ = , . @ ~ - alone.',
  })
}
