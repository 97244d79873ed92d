import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { Monitoring, type MonitoringProps } from '../monitoring/monitoring.js'
import { AccessTable, type AccessTableProps } from './access-table.js'
import { CredentialsApi, type CredentialsApiProps } from './credentials-api.js'
import { DataEndpoint } from './data-endpoint.js'
import { DeployCheck } from './deploy-check.js'
import { TopicRole, type TopicRoleProps } from './topic-role.js'
import { VendingFunction, type VendingFunctionProps } from './vending-function.js'
import { VendorRole } from './vendor-role.js'

/** Properties of {@link TopicCredentials}: the settings of its parts. Only `entitlements` is required. */
export interface TopicCredentialsProps
  extends Omit<TopicRoleProps, 'vendor'>,
    AccessTableProps,
    Omit<VendingFunctionProps, 'vendor' | 'topics' | 'endpoint' | 'provers' | 'accessTable'>,
    Omit<CredentialsApiProps, 'handler'>,
    Omit<MonitoringProps, 'vending' | 'api'> {
  /**
   * Source of the grants: the entitlements and a table that operators can change without a deployment, or the entitlements alone. With
   * `file`, revocations use IAM policies only.
   * @default 'table'
   */
  readonly access?: 'table' | 'file' | undefined
  /** Whether each deployment must prove what its credentials can and cannot do. @default true */
  readonly deployCheck?: boolean | undefined
  /**
   * Managed policy used as the permissions boundary of every role, including the roles that the CDK creates for a deployment. Use it if the
   * account requires one, or so that the permission to revoke (`iam:PutRolePolicy`) cannot be used to widen a role. It must allow the
   * permissions in docs/permissions.md.
   * @default - none
   */
  readonly permissionsBoundaryArn?: string | undefined
}

/**
 * Everything needed to vend credentials: role, function, HTTP API, metrics with alarms and dashboard, deploy check.
 *
 * @example
 * new TopicCredentials(this, 'Credentials', {
 *   entitlements: readEntitlements('entitlements.json'),
 *   jwt: { issuer: 'https://login.example.com/', audience: ['app'], scope: 'mqtt' },
 * })
 */
export class TopicCredentials extends Construct {
  /** Undefined if the entitlements alone decide. */
  readonly accessTable: AccessTable | undefined
  readonly endpoint: DataEndpoint
  readonly topics: TopicRole
  readonly vending: VendingFunction
  readonly api: CredentialsApi
  readonly monitoring: Monitoring
  /** Undefined if it is disabled. */
  readonly deployCheck: DeployCheck | undefined

  constructor(scope: Construct, id: string, props: TopicCredentialsProps) {
    super(scope, id)
    const vendor = new VendorRole(this, 'VendorRole')
    this.accessTable = props.access === 'file' ? undefined : new AccessTable(this, 'Access', props)
    this.endpoint = new DataEndpoint(this, 'DataEndpoint', props)
    this.topics = new TopicRole(this, 'TopicRole', { ...props, vendor: vendor.role })
    this.vending = new VendingFunction(this, 'VendingFunction', {
      ...props,
      provers: proversOf(props),
      accessTable: this.accessTable,
      vendor,
      topics: this.topics,
      endpoint: this.endpoint,
    })
    this.api = new CredentialsApi(this, 'Api', { ...props, handler: this.vending.function })
    this.vending.takeEventsOf(this.api.api)
    // Otherwise the API could be available before the function's permissions, and its first callers would be refused.
    this.api.stage.node.addDependency(vendor)
    const { endpoint, topics, vending, api } = this
    this.monitoring = new Monitoring(this, 'Monitoring', { ...props, vending, api })
    if (props.deployCheck !== false) {
      const checked = [vendor, endpoint, topics, vending, api]
      this.deployCheck = new DeployCheck(this, 'DeployCheck', { ...props, topics, api, vending, checked })
    }
    if (props.permissionsBoundaryArn === undefined) return
    const boundary = ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', props.permissionsBoundaryArn)
    for (const scope of [this, ...(this.deployCheck?.outside ?? [])]) PermissionsBoundary.of(scope).apply(boundary)
  }
}

/** If tokens or backends name users, IAM identities are not users: their names could be chosen by others. */
function proversOf({ jwt, backends }: TopicCredentialsProps): readonly ('iam' | 'jwt' | 'backend')[] {
  const named = [...(jwt === undefined ? [] : ['jwt' as const]), ...(backends === true ? ['backend' as const] : [])]
  return named.length === 0 ? ['iam'] : named
}
