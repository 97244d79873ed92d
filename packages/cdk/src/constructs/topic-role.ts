import { ceilingOf, ceilingPolicy, elsewhereDenied, sharedDenies } from '@topic-credentials/grants'
import { type Acknowledgment, Annotations, Aws, Duration, Stack, Token, Validations } from 'aws-cdk-lib'
import {
  ArnPrincipal,
  type IRole,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { type Ceiling, declaredFilters, reached } from './ceiling.js'
import { proofFaults, proofWarnings } from './entitlements-proof.js'
import { topicRoleName } from './names.js'

/** Properties of {@link TopicRole}. */
export interface TopicRoleProps {
  /** The only role that can assume this one. */
  readonly vendor: IRole
  /** From {@link readEntitlements}. */
  readonly entitlements: EntitlementsDocument
  /** @default 'entitlements' */
  readonly ceiling?: Ceiling | undefined
  /** `off`: session policies never use the dense form, so the synthesis does not prove it. */
  readonly dense?: 'off' | undefined
  /**
   * Must be unique in the account, across Regions.
   * @default - `sts-sample-role` in the stack `TopicCredentials`, else the stack's name and `-topics`
   */
  readonly roleName?: string | undefined
}

/**
 * The role of users' sessions. It trusts only the vending function's role, by ARN. A session is allowed what both this role (the ceiling) and
 * its own session policy allow.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
export class TopicRole extends Construct {
  readonly role: IRole
  readonly roleName: string
  /** The filters declared in addition to the entitlements. Undefined if AWS's managed policy is the ceiling. */
  readonly declared: readonly string[] | undefined

  constructor(scope: Construct, id: string, props: TopicRoleProps) {
    super(scope, id)
    this.declared = declaredFilters(props.ceiling)
    this.roleName = props.roleName ?? topicRoleName(this)
    this.node.addValidation({ validate: () => [...this.#nameConflicts(), ...proofFaults(props)] })
    const vendor = new ArnPrincipal(props.vendor.roleArn)
    const role = new Role(this, 'Role', {
      roleName: this.roleName,
      description:
        'MQTT sessions of individual users, assumed by the credential-vending function with a session policy',
      assumedBy: vendor,
      // The vendor is itself a role, and STS limits chained sessions to one hour.
      maxSessionDuration: Duration.hours(1),
      ...permissions(props),
    })
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({ sid: 'NameTheUser', principals: [vendor], actions: ['sts:SetSourceIdentity'] }),
    )
    for (const warning of warnings(props)) Annotations.of(this).addWarningV2('topic-credentials:ceiling', warning)
    for (const [id, warning] of proofWarnings(props))
      Annotations.of(this).addWarningV2(`topic-credentials:${id}`, warning)
    for (const { id: rule, reason } of acknowledgements(props)) Validations.of(role).acknowledge({ id: rule, reason })
    this.role = role
  }

  /** Two roles with the same name would fail the deployment only when IAM refuses the second one. */
  #nameConflicts(): string[] {
    const { account } = Stack.of(this)
    return this.node.root.node
      .findAll()
      .filter((other): other is TopicRole => other instanceof TopicRole && other !== this)
      .filter((other) => other.roleName === this.roleName && mayBeSame(account, Stack.of(other).account))
      .map(
        (other) => `${other.node.path} also has a role '${this.roleName}'. Set a different roleName for one of them.`,
      )
  }
}

/** An unresolved account can be any account. */
function mayBeSame(one: string, other: string): boolean {
  return one === other || Token.isUnresolved(one) || Token.isUnresolved(other)
}

function permissions({ ceiling, entitlements }: TopicRoleProps): Pick<RoleProps, 'inlinePolicies' | 'managedPolicies'> {
  const { PARTITION: partition, REGION: region, ACCOUNT_ID: accountId } = Aws
  const location = { partition, region, accountId }
  if (ceiling === 'AWSIoTFullAccess') {
    const Statement = [...sharedDenies(location), elsewhereDenied(location)]
    return {
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSIoTFullAccess')],
      inlinePolicies: { DeniedToAll: PolicyDocument.fromJson({ Version: '2012-10-17', Statement }) },
    }
  }
  return {
    inlinePolicies: { Ceiling: PolicyDocument.fromJson(ceilingPolicy(reached(entitlements, ceiling), location)) },
  }
}

/** Templates for which the role allows more than the entitlements grant. The session policies are exact nevertheless. */
function warnings({ ceiling, entitlements }: TopicRoleProps): string[] {
  if (ceiling === 'AWSIoTFullAccess') return []
  const location = { partition: 'aws', region: '', accountId: '' }
  return ceilingOf(reached(entitlements, ceiling), location).wider.map(
    ({ template, reason }) => `The role allows more topics than ${JSON.stringify(template)} grants: ${reason}.`,
  )
}

/** Justifications for cdk-nag: the wildcards represent values that are only known at vend time. */
function acknowledgements({ ceiling, entitlements }: TopicRoleProps): Acknowledgment[] {
  if (ceiling === 'AWSIoTFullAccess') {
    const id = 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSIoTFullAccess]'
    return [
      { id, reason: 'Requested with ceiling=AWSIoTFullAccess; only the session policies restrict what is vended' },
    ]
  }
  const aws = { partition: '<AWS::Partition>', region: '<AWS::Region>', accountId: '<AWS::AccountId>' }
  return ceilingPolicy(reached(entitlements, ceiling), aws)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Resource = [] }) => Resource)
    .filter((resource) => resource.includes('*'))
    .map((resource) => ({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: 'The user, or a grant that ends in #: the session policy restricts it to one user',
    }))
}
