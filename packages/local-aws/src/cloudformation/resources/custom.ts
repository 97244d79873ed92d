import { type AccessKey, authorize } from '../../iam/index.js'
import { findFunction } from './lambda.js'
import type { ResourceRequest, ResourceType } from './resource-type.js'

/**
 * `Custom::AWS` (CDK's AwsCustomResource): one AWS API call at deployment. The provider's own code needs the SDK that only
 * Lambda carries, so the call is answered here, with the permissions of the provider's role. Known: `iot:DescribeEndpoint`.
 */
export const sdkCall: ResourceType = {
  honoured: ['Create', 'ServiceToken'],
  inert: ['Delete', 'InstallLatestAwsSdk', 'Update'],
  create(request) {
    const { properties, services, physicalName } = request
    const call = JSON.parse(properties.text('Create')) as SdkCall
    const service = call.service.toLowerCase().replace('@aws-sdk/client-', '')
    const action = call.action.replace(/Command$/u, '').toLowerCase()
    const known = service === 'iot' && action === 'describeendpoint' && call.parameters?.endpointType === 'iot:Data-ATS'
    if (!known || call.region !== undefined || call.assumedRoleArn !== undefined) {
      throw new Error(`the stand-in answers iot describeEndpoint with iot:Data-ATS, not ${properties.text('Create')}`)
    }
    demand(request, 'iot:DescribeEndpoint', '*')
    const response: Record<string, string> = { endpointAddress: services.iotEndpoint }
    const { id, responsePath = '' } = call.physicalResourceId ?? {}
    return { ref: id ?? response[responsePath] ?? physicalName(64), attributes: response }
  },
}

interface SdkCall {
  readonly service: string
  readonly action: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly physicalResourceId?: { readonly id?: string; readonly responsePath?: string }
  readonly region?: string
  readonly assumedRoleArn?: string
}

/** `Custom::Trigger` (CDK's triggers): calls a function at deployment; when that fails, so does the deployment. */
export const trigger: ResourceType = {
  honoured: ['HandlerArn', 'InvocationType', 'ServiceToken'],
  inert: ['ExecuteOnHandlerChange', 'Timeout'],
  async create(request) {
    const { properties, services, physicalName } = request
    const handlerArn = properties.text('HandlerArn')
    demand(request, 'lambda:InvokeFunction', handlerArn)
    if (!services.triggers) return { ref: physicalName(64) }
    const called = findFunction(services, handlerArn).invoke({})
    if (properties.optionalText('InvocationType') !== 'Event') {
      const result = await called
      if (result.outcome === 'failed') {
        throw new Error(`Trigger handler failed: ${result.errorType}: ${result.errorMessage}`)
      }
    }
    return { ref: physicalName(64) }
  },
}

/** The provider function's role must allow what the custom resource does. */
function demand({ properties, services }: ResourceRequest, action: string, resource: string): void {
  const { configuration } = findFunction(services, properties.text('ServiceToken'))
  const role = services.directory.role(configuration.roleArn)
  if (role === undefined) throw new Error(`there is no role ${configuration.roleArn}`)
  const session: AccessKey = services.directory.addSession({
    role,
    sessionName: configuration.functionName,
    durationSeconds: 900,
  })
  const { arn } = session.principal
  const decision = authorize(session.principal, { action, resource })
  services.directory.expire(session.accessKeyId)
  if (decision.outcome === 'Allowed') return
  throw new Error(
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`,
  )
}
