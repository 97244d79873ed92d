import { Construct } from 'constructs'
import { CredentialsApi, type CredentialsApiProps } from './credentials-api.js'
import { DataEndpoint } from './data-endpoint.js'
import { TopicRole, type TopicRoleProps } from './topic-role.js'
import { VendingFunction, type VendingFunctionProps } from './vending-function.js'
import { VendingMetrics } from './vending-metrics.js'
import { VendorRole } from './vendor-role.js'

/** Properties of {@link TopicCredentials}: the settings of its parts. Only `entitlements` is required. */
export interface TopicCredentialsProps
  extends Omit<TopicRoleProps, 'vendor'>,
    Omit<VendingFunctionProps, 'vendor' | 'topics' | 'endpoint'>,
    Omit<CredentialsApiProps, 'handler'> {}

/**
 * Everything that vends credentials: role, function, metrics, HTTP API.
 *
 * @example
 * new TopicCredentials(this, 'Credentials', {
 *   entitlements: readEntitlements('entitlements.json'),
 *   jwt: { issuer: 'https://login.example.com/', audience: ['app'], scope: 'mqtt' },
 * })
 */
export class TopicCredentials extends Construct {
  readonly endpoint: DataEndpoint
  readonly topics: TopicRole
  readonly vending: VendingFunction
  readonly metrics: VendingMetrics
  readonly api: CredentialsApi

  constructor(scope: Construct, id: string, props: TopicCredentialsProps) {
    super(scope, id)
    const vendor = new VendorRole(this, 'VendorRole')
    this.endpoint = new DataEndpoint(this, 'DataEndpoint')
    this.topics = new TopicRole(this, 'TopicRole', { ...props, vendor: vendor.role })
    this.vending = new VendingFunction(this, 'VendingFunction', {
      ...props,
      vendor,
      topics: this.topics,
      endpoint: this.endpoint,
    })
    this.metrics = new VendingMetrics(this, 'Metrics', { logGroup: this.vending.logGroup })
    this.api = new CredentialsApi(this, 'Api', { ...props, handler: this.vending.function })
  }
}
