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
    const { target, timeoutMilliseconds } = settings(request)
    integrations.set(id, new LiveIntegration(target, timeoutMilliseconds))
    return { ref: id, attributes: { IntegrationId: id } }
  },
  update(request) {
    const { physicalId, attributes } = request
    const integration = findApi(request).integrations.get(physicalId)
    if (integration !== undefined) Object.assign(integration, settings(request))
    return { ref: physicalId, attributes }
  },
  delete({ properties, services, physicalId }) {
    services.apis.byId.get(properties.text('ApiId'))?.integrations.delete(physicalId)
  },
}

function settings({ properties, services }: ResourceRequest): { target: FunctionRuntime; timeoutMilliseconds: number } {
  const type = properties.text('IntegrationType')
  const format = properties.optionalText('PayloadFormatVersion') ?? '1.0'
  const connection = properties.optionalText('ConnectionType') ?? 'INTERNET'
  if (type !== 'AWS_PROXY' || format !== '2.0' || connection !== 'INTERNET') {
    throw new Error(`the stand-in supports AWS_PROXY integrations of payload format 2.0, not ${type} ${format}`)
  }
  const uri = properties.text('IntegrationUri')
  const target = findFunction(services, /functions\/(arn:.+)\/invocations$/u.exec(uri)?.[1] ?? uri)
  const timeoutMilliseconds = properties.optionalNumber('TimeoutInMillis') ?? 30_000
  if (timeoutMilliseconds < 50 || timeoutMilliseconds > 30_000) {
    throw new Error('the property TimeoutInMillis must be from 50 to 30000')
  }
  return { target, timeoutMilliseconds }
}
