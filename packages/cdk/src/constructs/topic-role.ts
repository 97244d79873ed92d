import {
  ceilingOf,
  ceilingPolicy,
  elsewhereDenied,
  parseEntitlements,
  sharedDenies,
  withCeiling,
} from '@topic-credentials/grants'
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
import { packedSizeWarnings, proofFaults } from './entitlements-proof.js'
import { topicRoleName } from './names.js'

/**
 * The most that any vended session can do, whatever its session policy says: what the entitlements add up to in this
 * account and Region; that and topic filters that are declared, such as `tenants/+/#`, for what the access table grants; or AWS's
 * managed policy, which spans all of IoT and leaves every limit to the session policy.
 */
export type Ceiling = 'entitlements' | 'AWSIoTFullAccess' | readonly string[]

/** Properties of {@link TopicRole}. */
export interface TopicRoleProps {
  /** The one role that may assume this one. */
  readonly vendor: IRole
  /** From {@link readEntitlements}. */
  readonly entitlements: EntitlementsDocument
  /** @default 'entitlements' */
  readonly ceiling?: Ceiling | undefined
  /**
   * Role names are unique in an account, across Regions.
   * @default - `sts-sample-role` in the stack `TopicCredentials`, else the stack's name and `-topics`
   */
  readonly roleName?: string | undefined
}

/**
 * The role that users' sessions are made from. It trusts the vending function's role by ARN and nobody else. A session can
 * do what both this role (the ceiling) and its own session policy allow.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
export class TopicRole extends Construct {
  readonly role: IRole
  readonly roleName: string
  /** The filters that are declared beside the entitlements. Undefined where AWS's managed policy is the ceiling. */
  readonly declared: readonly string[] | undefined

  constructor(scope: Construct, id: string, props: TopicRoleProps) {
    super(scope, id)
    this.declared = declaredFilters(props.ceiling)
    this.roleName = props.roleName ?? topicRoleName(this)
    this.node.addValidation({ validate: () => [...this.#namesakes(), ...proofFaults(props.entitlements)] })
    const vendor = new ArnPrincipal(props.vendor.roleArn)
    const role = new Role(this, 'Role', {
      roleName: this.roleName,
      description: 'MQTT sessions of single users, assumed by the credential-vending function with a session policy',
      assumedBy: vendor,
      // The vendor is a role itself, and a chained session cannot last longer.
      maxSessionDuration: Duration.hours(1),
      ...permissions(props),
    })
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({ sid: 'NameTheUser', principals: [vendor], actions: ['sts:SetSourceIdentity'] }),
    )
    for (const warning of warnings(props)) Annotations.of(this).addWarningV2('topic-credentials:ceiling', warning)
    for (const warning of packedSizeWarnings(props.entitlements)) {
      Annotations.of(this).addWarningV2('topic-credentials:packed-size', warning)
    }
    for (const { id: rule, reason } of acknowledgements(props)) Validations.of(role).acknowledge({ id: rule, reason })
    this.role = role
  }

  /** IAM would refuse the second of two roles with one name, in the middle of a deployment. */
  #namesakes(): string[] {
    const { account } = Stack.of(this)
    return this.node.root.node
      .findAll()
      .filter((other): other is TopicRole => other instanceof TopicRole && other !== this)
      .filter((other) => other.roleName === this.roleName && mayBeSame(account, Stack.of(other).account))
      .map((other) => `${other.node.path} has a role '${this.roleName}', too. Give one of them another roleName.`)
  }
}

/** What the role has to reach: what the file gives to anybody, and what is declared. */
function reached(entitlements: EntitlementsDocument, ceiling: Ceiling | undefined) {
  return withCeiling(parseEntitlements(entitlements), declaredFilters(ceiling) ?? [])
}

function declaredFilters(ceiling: Ceiling = 'entitlements'): readonly string[] | undefined {
  if (ceiling === 'AWSIoTFullAccess') return undefined
  return ceiling === 'entitlements' ? [] : ceiling
}

/** An account that is left open may turn out to be any. */
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

/** Where the role reaches more than the entitlements give to anybody. The session policies are exact all the same. */
function warnings({ ceiling, entitlements }: TopicRoleProps): string[] {
  if (ceiling === 'AWSIoTFullAccess') return []
  const location = { partition: 'aws', region: '', accountId: '' }
  return ceilingOf(reached(entitlements, ceiling), location).wider.map(
    ({ template, reason }) => `The role reaches more topics than ${JSON.stringify(template)} gives: ${reason}.`,
  )
}

/** What cdk-nag would ask about, answered: the wildcards stand for what is only known when a user asks. */
function acknowledgements({ ceiling, entitlements }: TopicRoleProps): Acknowledgment[] {
  if (ceiling === 'AWSIoTFullAccess') {
    const id = 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AWSIoTFullAccess]'
    return [{ id, reason: 'Asked for with ceiling=AWSIoTFullAccess; the session policies alone limit what is vended' }]
  }
  const aws = { partition: '<AWS::Partition>', region: '<AWS::Region>', accountId: '<AWS::AccountId>' }
  return ceilingPolicy(reached(entitlements, ceiling), aws)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Resource = [] }) => Resource)
    .filter((resource) => resource.includes('*'))
    .map((resource) => ({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: 'The user, or a grant that ends in #: the session policy narrows it to one user',
    }))
}
