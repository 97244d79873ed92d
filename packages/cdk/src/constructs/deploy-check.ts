import type { CheckEnvironment } from '@topic-credentials/deploy-check'
import { GrantError, grantsFor, parseEntitlements, sessionPolicy } from '@topic-credentials/grants'
import { Aws, CfnResource, Duration } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers'
import { Construct, type IConstruct } from 'constructs'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { ConstructError } from '../errors.js'
import { withFunctionCode } from '../functions/function-code.js'
import { renameAtEachChange } from './check-renewal.js'
import type { CredentialsApi } from './credentials-api.js'
import { type LogProps, logGroup } from './logs.js'
import type { TopicRole } from './topic-role.js'
import { narrowTriggers } from './trigger-provider.js'
import type { VendingFunction } from './vending-function.js'

/** Properties of {@link DeployCheck}. */
export interface DeployCheckProps extends LogProps {
  /** Where the check asks for credentials, with an IAM signature. */
  readonly api: CredentialsApi
  /** Told which role the check has, where the check needs a route of its own. */
  readonly vending: VendingFunction
  /** The role that nobody but the vendor may assume. */
  readonly topics: TopicRole
  /** What the check itself is entitled to follows from it: it is an IAM caller without claims. */
  readonly entitlements: EntitlementsDocument
  /** The check waits for these. */
  readonly checked: readonly IConstruct[]
}

/**
 * Proves what vended credentials can and cannot do, at each deployment that changes a resource of the stack, and fails the deployment
 * otherwise: CloudFormation rolls back. It asks for credentials of its own, uses them, and is refused what lies beside them
 * (docs/adr/0040, 0091).
 *
 * The first IoT connection of a new account can take minutes: the check waits for it up to the 14 of its function.
 */
export class DeployCheck extends Construct {
  readonly function: LambdaFunction
  readonly logGroup: LogGroup
  /** What the CDK makes for it, once for each stack. */
  readonly outside: readonly Construct[]

  constructor(scope: Construct, id: string, props: DeployCheckProps) {
    super(scope, id)
    requireEntitled(props.entitlements, props.vending.userPrefix)
    this.logGroup = logGroup(this, 'Log', props)
    const entrance = props.api.openToCheck()
    const role = this.#role(entrance.routeArn, props.topics.role.roleArn)
    if (entrance.checkOnly) props.vending.admitCheck(role)
    const environment: CheckEnvironment = {
      CREDENTIALS_URL: entrance.url,
      USERS_URL: props.api.credentialsUrl,
      ROLE_ARN: props.topics.role.roleArn,
      STS_URL: `https://sts.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      OWN_USER: ownUser(entrance.checkOnly, props.vending),
      ...(props.vending.userPrefix === '' ? {} : { USER_PREFIX: props.vending.userPrefix }),
    }
    this.function = withFunctionCode(
      'deploy-check',
      props.entitlements,
      (code) =>
        new LambdaFunction(this, 'Function', {
          description: 'Runs at each deployment: proves what vended credentials can and cannot do',
          runtime: Runtime.NODEJS_24_X,
          architecture: Architecture.ARM_64,
          handler: 'index.handler',
          code,
          role,
          environment: { ...environment },
          // Who waits for it, the trigger's own function, has fifteen.
          timeout: Duration.minutes(14),
          memorySize: 512,
          loggingFormat: LoggingFormat.JSON,
          logGroup: this.logGroup,
        }),
    )
    this.outside = [this.#trigger(props)]
  }

  /** Asks for credentials on one route. May try to assume the topic role, so that it is the trust alone that refuses it. */
  #role(routeArn: string, topicRoleArn: string): Role {
    const allow = (sid: string, actions: string[], resource: string): PolicyStatement =>
      new PolicyStatement({ sid, actions, resources: [resource] })
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'The deploy check: asks for credentials of its own, and is refused by the topic role',
      inlinePolicies: {
        Check: new PolicyDocument({
          statements: [
            allow('WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn),
            allow('AskForCredentials', ['execute-api:Invoke'], routeArn),
            allow('TryTheTrustPolicy', ['sts:AssumeRole'], topicRoleArn),
          ],
        }),
      },
    })
  }

  #trigger(props: DeployCheckProps): Construct {
    const trigger = new Trigger(this, 'Trigger', {
      handler: this.function,
      // EVENT would not wait for the answer, and never fail the deployment.
      invocationType: InvocationType.REQUEST_RESPONSE,
      timeout: Duration.seconds(870),
      executeAfter: props.checked as Construct[],
    })
    // With one ID, a change would be an update, and its rollback would run the old check, which fails too where the cause is not in the
    // template: the stack would be stuck in UPDATE_ROLLBACK_FAILED. A new one is deleted, and nothing runs (docs/adr/0091).
    for (const resource of trigger.node.findAll().filter(CfnResource.isCfnResource)) renameAtEachChange(resource)
    return narrowTriggers(this.function, props)
  }
}

/** What the vendor calls the check: what it calls any session, or the name that comes with the check's own route. */
function ownUser(checkOnly: boolean, { roleSessions }: VendingFunction): string {
  if (checkOnly) return 'deploy-check~{session}'
  return roleSessions === 'role' ? '{role}~' : '{role}~{session}'
}

/** The check is an IAM caller without claims. Entitled to nothing, it could prove nothing. */
function requireEntitled(entitlements: EntitlementsDocument, userPrefix: string): void {
  const userId = `${userPrefix}${'r'.repeat(64)}~${'f'.repeat(64)}`
  const grants = grantsFor(parseEntitlements(entitlements), { userId, userPrefix, claims: {} })
  if (grants.publish.length === 0 && grants.subscribe.length === 0) {
    throw new ConstructError(
      'nothing_to_check',
      'deployCheck: the entitlements give nothing to a caller without claims, so there is nothing to check with',
      {
        value: entitlements,
        remedy:
          'Add a rule without "when", such as {"publish": ["users/${userId}/#"], "subscribe": ["users/${userId}/#"]}, or switch ' +
          'the check off (-c deployCheck=false).',
      },
    )
  }
  try {
    sessionPolicy(grants, { userId })
  } catch (cause) {
    if (!(cause instanceof GrantError)) throw cause
    throw new ConstructError(
      'grants_too_large',
      `deployCheck: what the entitlements give to a caller without claims cannot be vended at once: ${cause.message.replaceAll(userId, '${userId}')}`,
      { value: grants, remedy: 'Give less to everybody, or switch the check off (-c deployCheck=false).', cause },
    )
  }
}
