import { CustomResourceFailure } from './failure.js'
import { demand } from './provider.js'
import type { Realised, ResourceRequest, ResourceType } from './resource-type.js'

/**
 * `Custom::AWS` (CDK's AwsCustomResource): one AWS API call during a deployment. The provider's own code needs the SDK that is only available
 * on Lambda, so the call is performed here, with the permissions of the provider's role. Supported: `iot:DescribeEndpoint`.
 */
export const sdkCall: ResourceType = {
  honoured: ['Create', 'Delete', 'ServiceToken', 'Update'],
  inert: ['InstallLatestAwsSdk'],
  create: (request) => answer(request, 'Create'),
  /** Without an `Update`, nothing is called and the attributes are empty, as with the CDK's provider. */
  update(request) {
    if (request.properties.has('Update')) return answer(request, 'Update', request.physicalId)
    return { ref: request.physicalId, attributes: {} }
  },
  delete(request) {
    if (request.properties.has('Delete')) answer(request, 'Delete', request.physicalId)
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

function answer(request: ResourceRequest, when: 'Create' | 'Update' | 'Delete', physicalId?: string): Realised {
  const { properties, services } = request
  const call = JSON.parse(properties.text(when)) as SdkCall
  const service = call.service.toLowerCase().replace('@aws-sdk/client-', '')
  const action = call.action.replace(/Command$/u, '').toLowerCase()
  const known = service === 'iot' && action === 'describeendpoint' && call.parameters?.endpointType === 'iot:Data-ATS'
  if (!known || call.region !== undefined || call.assumedRoleArn !== undefined) {
    throw new CustomResourceFailure(
      `the stand-in supports iot describeEndpoint for iot:Data-ATS, not ${properties.text(when)}`,
    )
  }
  demand(request, 'iot:DescribeEndpoint', '*')
  const response: Record<string, string> = { endpointAddress: services.iotEndpoint }
  const { id, responsePath = '' } = call.physicalResourceId ?? {}
  return { ref: id ?? response[responsePath] ?? physicalId ?? request.physicalName(64), attributes: response }
}
