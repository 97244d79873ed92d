import type { CheckEnvironment } from '@topic-credentials/deploy-check'
import {
  beyond,
  GrantError,
  grantsFor,
  parseEntitlements,
  parseGrants,
  reachOf,
  sessionPolicy,
} from '@topic-credentials/grants'
import { Aws, CfnResource, Duration } from 'aws-cdk-lib'
import { Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers'
import { Construct, type IConstruct } from 'constructs'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { ConstructError } from '../errors.js'
import { runtimeProps, withFunctionCode } from '../functions/function-code.js'
import type { AccessTable } from './access-table.js'
import { renameAtEachChange } from './check-renewal.js'
import type { CredentialsApi } from './credentials-api.js'
import { type LogProps, logGroup } from './logs.js'
import type { TopicRole } from './topic-role.js'
import { narrowTriggers } from './trigger-provider.js'
import type { VendingFunction } from './vending-function.js'
import { useTableKey } from './vendor-role.js'

/** Properties of {@link DeployCheck}. */
export interface DeployCheckProps extends LogProps {
  /** The API where the check requests credentials, with an IAM signature. */
  readonly api: CredentialsApi
  /** The vending function. It gets the name of the check's role, if the check needs its own route. */
  readonly vending: VendingFunction
  /** The role that only the vendor can assume. */
  readonly topics: TopicRole
  /** The entitlements. The check is an IAM caller without claims and gets the grants for one. */
  readonly entitlements: EntitlementsDocument
  /** The resources that must exist before the check runs. */
  readonly checked: readonly IConstruct[]
}

/**
 * Proves what vended credentials can and cannot do, at each deployment that changes a resource of the stack. If the proof fails, the
 * deployment fails and CloudFormation rolls back. The check requests its own credentials, uses them, and tries neighbouring names that
 * must be refused (docs/adr/0007, 0036).
 *
 * The first IoT connection of a new account can take minutes: the check waits for it, up to the 14 minutes of its function.
 */
export class DeployCheck extends Construct {
  readonly function: LambdaFunction
  readonly logGroup: LogGroup
  /** Resources that the CDK creates for it once per stack. */
  readonly outside: readonly Construct[]

  constructor(scope: Construct, id: string, props: DeployCheckProps) {
    super(scope, id)
    requireEntitled(props.entitlements, props.vending.userPrefix)
    this.logGroup = logGroup(this, 'Log', props)
    const entrance = props.api.openToCheck()
    const role = this.#role(entrance.routeArn, props.topics.role.roleArn)
    if (entrance.checkOnly) props.vending.admitCheck(role)
    const { accessTable } = props.vending
    const table = accessTable?.table
    const environment: CheckEnvironment = {
      CREDENTIALS_URL: entrance.url,
      USERS_URL: props.api.credentialsUrl,
      ROLE_ARN: props.topics.role.roleArn,
      STS_URL: `https://sts.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      OWN_USER: ownUser(entrance.checkOnly, props.vending),
      ...(props.vending.userPrefix === '' ? {} : { USER_PREFIX: props.vending.userPrefix }),
      ...(table === undefined
        ? {}
        : {
            ACCESS_TABLE: table.tableName,
            DYNAMODB_URL: `https://dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}`,
            OWN_ITEM: ownItem(role),
            ...(reachesAll(props) ? {} : { BEYOND_CEILING: everything }),
          }),
    }
    const rights = accessTable === undefined ? [] : [this.#allowOwnItem(role, accessTable)]
    this.function = withFunctionCode(
      'deploy-check',
      props.entitlements,
      (code) =>
        new LambdaFunction(this, 'Function', {
          ...runtimeProps,
          description: 'Runs during each deployment: proves what vended credentials can and cannot do',
          code,
          role,
          environment: { ...environment },
          // The trigger's own function, which waits for this one, has fifteen minutes.
          timeout: Duration.minutes(14),
          logGroup: this.logGroup,
        }),
    )
    this.outside = [this.#trigger({ ...props, checked: [...props.checked, ...rights] })]
  }

  /** A role that can request credentials on one route. It allows assuming the topic role, so that only the trust policy can refuse it. */
  #role(routeArn: string, topicRoleArn: string): Role {
    const allow = (sid: string, actions: string[], resource: string): PolicyStatement =>
      new PolicyStatement({ sid, actions, resources: [resource] })
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'The deploy check: requests its own credentials, and tests that the topic role refuses it',
      inlinePolicies: {
        Check: new PolicyDocument({
          statements: [
            allow('WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn),
            allow('AskForCredentials', ['execute-api:Invoke'], routeArn),
            // Without this permission the check would be refused even if the trust policy were open to the whole account, and would prove
            // nothing. With a correct trust policy it allows nothing.
            allow('TryTheTrustPolicy', ['sts:AssumeRole'], topicRoleArn),
          ],
        }),
      },
    })
  }

  /** Allows writing one item of the access table, by its key: the check revokes its own access, and grants itself too much. */
  #allowOwnItem(role: Role, { table: { tableArn }, key }: AccessTable): Policy {
    const statement = new PolicyStatement({
      sid: 'WriteOwnItem',
      actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [tableArn],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [ownItem(role)] },
        // "For all values" is also true if there are no values.
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    })
    const encrypt = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
      (one) => `kms:${one}`,
    )
    const statements = key === undefined ? [statement] : [statement, useTableKey(this, key.keyArn, encrypt)]
    // A separate policy, because it contains the name of the role.
    return new Policy(this, 'OwnItem', { roles: [role], statements })
  }

  #trigger(props: DeployCheckProps): Construct {
    const trigger = new Trigger(this, 'Trigger', {
      handler: this.function,
      // With EVENT, the deployment would not wait for the result and would never fail.
      invocationType: InvocationType.REQUEST_RESPONSE,
      timeout: Duration.seconds(870),
      executeAfter: props.checked as Construct[],
    })
    // With a fixed ID, a change would be an update, and its rollback would run the old check. If the cause is outside the template, that check
    // fails too, and the stack remains in UPDATE_ROLLBACK_FAILED. A new resource is only deleted, and no check runs (docs/adr/0018).
    for (const resource of trigger.node.findAll().filter(CfnResource.isCfnResource)) {
      renameAtEachChange(resource)
      // The CDK's version of the function keeps the environment with which it was published, such as the ARN of a role that has since been
      // replaced (docs/adr/0032). The latest function has the current one.
      resource.addPropertyOverride('HandlerArn', this.function.functionArn)
    }
    this.function.node.tryRemoveChild('CurrentVersion')
    return narrowTriggers(this.function, props)
  }
}

/** The key of the check's item in the access table: it is a caller with an IAM role. */
function ownItem(role: Role): string {
  return `role#${role.roleName}`
}

const everything = '#'

/** Whether the ceiling covers all topics: AWS's managed policy, or `#`. */
function reachesAll({ entitlements, topics: { declared } }: DeployCheckProps): boolean {
  if (declared === undefined) return true
  const reach = reachOf(parseEntitlements(entitlements), declared)
  return beyond(reach, parseGrants({ publish: [], subscribe: [everything], retain: [] })).length === 0
}

/** The user ID that the vendor gives the check: that of a session, or the special one on the check's own route. */
function ownUser(checkOnly: boolean, { roleSessions }: VendingFunction): string {
  if (checkOnly) return 'deploy-check~{session}'
  return roleSessions === 'role' ? '{role}~' : '{role}~{session}'
}

/** Requires grants for the check, which is an IAM caller without claims, and that they fit one session. */
function requireEntitled(entitlements: EntitlementsDocument, userPrefix: string): void {
  const userId = `${userPrefix}${'r'.repeat(64)}~${'f'.repeat(64)}`
  const grants = grantsFor(parseEntitlements(entitlements), { userId, userPrefix, claims: {} })
  if (grants.publish.length === 0 && grants.subscribe.length === 0) {
    throw new ConstructError(
      'nothing_to_check',
      'deployCheck: the entitlements grant nothing to a caller without claims, so the check has nothing to test',
      {
        value: entitlements,
        remedy:
          'Add a rule without "when", such as {"publish": ["users/${userId}/#"], "subscribe": ["users/${userId}/#"]}, or disable ' +
          'the check (-c deployCheck=false).',
      },
    )
  }
  try {
    sessionPolicy(grants, { userId })
  } catch (cause) {
    if (!(cause instanceof GrantError)) throw cause
    throw new ConstructError(
      'grants_too_large',
      `deployCheck: the grants of a caller without claims do not fit one session: ${cause.message.replaceAll(userId, '${userId}')}`,
      {
        value: grants,
        remedy: 'Grant less in the rules without "when", or disable the check (-c deployCheck=false).',
        cause,
      },
    )
  }
}
