import type { FunctionRuntime } from '../../../lambda/index.js'
import { LiveIntegration } from '../../api-parts.js'
import { findFunction } from '../lambda.js'
import { type ResourceRequest, type ResourceType, shortId } from '../resource-type.js'
import { findApi } from './find-api.js'

/** `AWS::ApiGatewayV2::Integration` with a function, payload format 2.0. */
export const integration: ResourceType = {
  honoured: ['ApiId', 'ConnectionType', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
  inert: ['Description', 'IntegrationMethod'],
  replacedBy: ['ApiId'],
  create(request) {
    const id = request.physicalId ?? shortId(request, 7)
    const { integrations } = findApi(request)
    integrations.set(id, new LiveIntegration(...settings(request)))
    return { ref: id, attributes: { IntegrationId: id } }
  },
  update(request) {
    const { physicalId, attributes } = request
    findApi(request)
      .integrations.get(physicalId)
      ?.become(...settings(request))
    return { ref: physicalId, attributes }
  },
  delete({ properties, services, physicalId }) {
    services.apis.get(properties.text('ApiId'))?.integrations.delete(physicalId)
  },
}

function settings({ properties, services }: ResourceRequest): [FunctionRuntime, number] {
  const [type, format] = [properties.text('IntegrationType'), properties.optionalText('PayloadFormatVersion')]
  if (
    type !== 'AWS_PROXY' ||
    format !== '2.0' ||
    (properties.optionalText('ConnectionType') ?? 'INTERNET') !== 'INTERNET'
  ) {
    throw new Error(
      `the stand-in supports AWS_PROXY integrations of payload format 2.0, not ${type} ${format ?? '1.0'}`,
    )
  }
  const uri = properties.text('IntegrationUri')
  const target = findFunction(services, /functions\/(arn:.+)\/invocations$/u.exec(uri)?.[1] ?? uri)
  const timeoutMilliseconds = properties.optionalNumber('TimeoutInMillis') ?? 30_000
  if (timeoutMilliseconds < 50 || timeoutMilliseconds > 30_000) {
    throw new Error('the property TimeoutInMillis must be from 50 to 30000')
  }
  return [target, timeoutMilliseconds]
}
