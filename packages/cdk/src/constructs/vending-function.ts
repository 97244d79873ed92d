import { cacheLimits, type provers, type VendorEnvironment } from '@topic-credentials/credential-vendor'
import { spreadLimits } from '@topic-credentials/grants'
import { Annotations, Duration, Lazy } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { ConstructError } from '../errors.js'
import { runtimeProps, withFunctionCode } from '../functions/function-code.js'
import { VendingMetrics } from '../monitoring/vending-metrics.js'
import type { AccessTable } from './access-table.js'
import type { DataEndpoint } from './data-endpoint.js'
import { type LogProps, logGroup } from './logs.js'
import { defaultUserPrefix } from './names.js'
import type { TopicRole } from './topic-role.js'
import type { VendorRole } from './vendor-role.js'

/** Properties of {@link VendingFunction}. */
export interface VendingFunctionProps extends LogProps {
  /** The role of the function. The construct adds the permissions that the function needs. */
  readonly vendor: VendorRole
  /** The role that sessions assume. */
  readonly topics: TopicRole
  /** Shipped with the function. From {@link readEntitlements}. */
  readonly entitlements: EntitlementsDocument
  /** A source of further grants, read at each vend. @default - the entitlements alone decide */
  readonly accessTable?: AccessTable | undefined
  /**
   * ARN of the app's own function, in the stack's account and Region. The vending function invokes it at each vend with the verified caller,
   * and it returns additional grants (docs/access.md).
   * @default - none
   */
  readonly accessFunctionArn?: string | undefined
  /** The claim of a token that contains the groups for the access table. @default 'groups' */
  readonly groupsClaim?: string | undefined
  /** Returned to every client with its credentials. */
  readonly endpoint: DataEndpoint
  /**
   * Maximum number of concurrent invocations, reserved from the account's limit. It prevents a burst of vends from starving other functions
   * and from using up the account's 600 STS calls per second in a Region.
   * @default - none reserved
   */
  readonly concurrency?: number | undefined
  /**
   * Seconds, up to 300, for which a repeated request gets the same session. It saves STS calls if one user requests credentials repeatedly,
   * but a session vended just before a revocation is handed out for that time after it.
   * @default 0
   */
  readonly cacheSeconds?: number | undefined
  /**
   * Seconds, 1 to 86,400, in which AWS's quotas can serve your whole fleet: a throttled client retries at a random time within that
   * period. For N clients 1.1 × N / 500 with AWS's default quotas; see docs/scaling.md.
   * @default - not set: throttled clients double their delays up to five minutes
   */
  readonly spreadSeconds?: number | undefined
  /** What proves the identity of users. @default - IAM alone */
  readonly provers?: readonly (typeof provers)[number][] | undefined
  /**
   * Prefix of every user ID. Changing it changes every user: other topics, other client IDs, and existing revocations no longer match.
   * @default - nothing in the stack `TopicCredentials`, else the stack's name and `~~`
   */
  readonly userPrefix?: string | undefined
  /**
   * `off`: session policies never use the dense form, which depends on a wildcard in place of a resource type. Fewer topics then fit one
   * policy. The deploy check reports whether this is necessary.
   * @default - dense if no other form fits
   */
  readonly dense?: 'off' | undefined
  /**
   * `session`: each session of a role is a user, by its session name. `role`: the role is the user, for sessions whose names are generated
   * by an SDK or chosen by callers.
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
  /** The table read at each vend, if any. */
  readonly accessTable: AccessTable | undefined
  /** Prefix of every user ID of this function; may be empty. */
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
      ...(props.accessTable?.key === undefined ? [] : [vendor.mayDecrypt(props.accessTable.key)]),
      ...(props.accessFunctionArn === undefined ? [] : [vendor.mayAsk(props.accessFunctionArn)]),
      ...(props.tracing === true ? [vendor.mayTrace()] : []),
    ]
    const onlyFile = table === undefined && props.accessFunctionArn === undefined
    const environment: VendorEnvironment = {
      ROLE_ARN: topics.role.roleArn,
      IOT_ENDPOINT: props.endpoint.hostName,
      ...(table === undefined ? {} : { ACCESS_TABLE: table.tableName }),
      ...(props.accessFunctionArn === undefined ? {} : { ACCESS_FUNCTION: props.accessFunctionArn }),
      ...(props.groupsClaim === undefined ? {} : { GROUPS_CLAIM: props.groupsClaim }),
      ...(onlyFile || topics.declared === undefined ? {} : { CEILING: JSON.stringify(topics.declared) }),
      ...(this.userPrefix === '' ? {} : { USER_PREFIX: this.userPrefix }),
      API_ID: Lazy.string({ produce: () => this.#apiId() }),
      ...(props.dense === undefined ? {} : { DENSE: props.dense }),
      PROVERS: (props.provers ?? ['iam']).join(','),
      ...(this.roleSessions === 'session' ? {} : { ROLE_SESSIONS: this.roleSessions }),
      ...(props.guests === true ? { GUESTS: 'allowed' } : {}),
      ...secondsIn('CACHE_SECONDS', cacheLimits, 'cacheSeconds', props),
      ...secondsIn('SPREAD_SECONDS', spreadLimits, 'spreadSeconds', props),
    }
    this.function = withFunctionCode(
      'vendor',
      props.entitlements,
      (code) =>
        new LambdaFunction(this, 'Function', {
          ...runtimeProps,
          description: 'Vends credentials for the MQTT topics granted to the verified caller',
          code,
          role: vendor.role,
          environment: { ...environment },
          // Three attempts at STS of two seconds each, plus the pauses between them.
          timeout: Duration.seconds(10),
          logGroup: this.logGroup,
          ...(props.concurrency === undefined ? {} : { reservedConcurrentExecutions: props.concurrency }),
        }),
    )
    if (props.concurrency !== undefined) {
      Annotations.of(this).addInfo(
        `concurrency: Lambda requires ${leftUnreserved} unreserved concurrent executions. The deployment fails in an account with a limit below ${props.concurrency + leftUnreserved} (new accounts start at 10). Check the limit with: aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions`,
      )
    }
    this.metrics = new VendingMetrics(this.function)
    if (props.tracing === true) {
      // The function's own property `tracing` would add a statement without a Sid.
      const { defaultChild } = this.function.node
      if (defaultChild instanceof CfnFunction) defaultChild.tracingConfig = { mode: 'Active' }
    }
    this.function.node.addDependency(...needed)
    vendor.mayVend(topics.role, this.function)
  }

  /** Sets the only API whose events the function accepts. Without it, the synthesis fails. */
  takeEventsOf(api: HttpApi): void {
    this.#api = api
  }

  #apiId(): string {
    if (this.#api !== undefined) return this.#api.apiId
    throw new ConstructError('invalid_property', `${this.node.path} has no API`, {
      value: undefined,
      remedy: 'Call takeEventsOf(api) with the API that invokes it.',
    })
  }

  /** Accepts only the deploy check's role on the check's own route. */
  admitCheck(role: IRole): void {
    const name: keyof VendorEnvironment = 'DEPLOY_CHECK_ROLE'
    this.function.addEnvironment(name, role.roleName)
  }
}

/** The environment variable of a property in seconds, if it is set. */
function secondsIn(
  variable: 'CACHE_SECONDS' | 'SPREAD_SECONDS',
  { minimum, maximum }: Readonly<Record<'minimum' | 'maximum', number>>,
  property: 'cacheSeconds' | 'spreadSeconds',
  { [property]: seconds }: VendingFunctionProps,
): Partial<VendorEnvironment> {
  if (seconds === undefined) return {}
  if (Number.isInteger(seconds) && seconds >= minimum && seconds <= maximum) return { [variable]: String(seconds) }
  throw new ConstructError('invalid_property', `${property} is ${seconds}`, {
    value: seconds,
    remedy: `Set an integer from ${minimum} to ${maximum}.`,
  })
}

/** Validates a prefix: its characters must be usable in topic levels and client IDs. */
function checkedPrefix(prefix: string): string {
  if (/^[\w=,.@~-]{0,140}$/u.test(prefix)) return prefix
  throw new ConstructError('invalid_property', `userPrefix is '${prefix}'`, {
    value: prefix,
    remedy: 'Use only letters, digits and _ = , . @ ~ -',
  })
}
