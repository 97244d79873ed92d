import { type ResourceRequest, type ResourceType, shortId } from '../resource-type.js'
import { readCors } from './find-api.js'

/** `AWS::ApiGatewayV2::Api` with protocol HTTP: a separate server. */
export const api: ResourceType = {
  honoured: ['CorsConfiguration', 'DisableExecuteApiEndpoint', 'ProtocolType'],
  inert: [
    'Description',
    'DisableSchemaValidation',
    'FailOnWarnings',
    'IpAddressType',
    'Name',
    'RouteSelectionExpression',
    'Tags',
  ],
  replacedBy: ['ProtocolType'],
  async create(request) {
    const { services } = request
    const cors = settings(request)
    const apiId = request.physicalId ?? shortId(request, 10)
    const created = await services.createHttpApi(apiId, cors)
    return { ref: apiId, attributes: { ApiEndpoint: created.endpoint, ApiId: apiId } }
  },
  update(request) {
    const { services, physicalId, attributes } = request
    const found = services.apis.get(physicalId)
    if (found !== undefined) found.api.cors = settings(request)
    return { ref: physicalId, attributes }
  },
  delete: ({ services, physicalId }) => services.deleteHttpApi(physicalId),
}

function settings({ properties }: ResourceRequest) {
  const protocol = properties.text('ProtocolType')
  if (protocol !== 'HTTP') throw new Error(`the stand-in supports HTTP APIs, not ${protocol}`)
  if (properties.flag('DisableExecuteApiEndpoint')) {
    throw new Error('the stand-in does not support custom domain names, so the default endpoint cannot be disabled')
  }
  return readCors(properties.nested('CorsConfiguration'))
}
