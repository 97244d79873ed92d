import type { CorsConfiguration } from '../../../apigateway/index.js'
import { type ResourceRequest, type ResourceType, shortId } from '../resource-type.js'

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
    const apiId = request.physicalId ?? shortId(request, 10)
    const { endpoint } = await request.services.apis.create(apiId, corsOf(request))
    return { ref: apiId, attributes: { ApiEndpoint: endpoint, ApiId: apiId } }
  },
  update(request) {
    const { services, physicalId, attributes } = request
    const found = services.apis.byId.get(physicalId)
    if (found !== undefined) found.api.cors = corsOf(request)
    return { ref: physicalId, attributes }
  },
  delete: ({ services, physicalId }) => services.apis.delete(physicalId),
}

function corsOf({ properties }: ResourceRequest): CorsConfiguration | undefined {
  const protocol = properties.text('ProtocolType')
  if (protocol !== 'HTTP') throw new Error(`the stand-in supports HTTP APIs, not ${protocol}`)
  if (properties.flag('DisableExecuteApiEndpoint')) {
    throw new Error('the stand-in does not support custom domain names, so the default endpoint cannot be disabled')
  }
  const cors = properties.nested('CorsConfiguration')
  cors?.only('AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge')
  return (
    cors && {
      allowOrigins: cors.texts('AllowOrigins'),
      allowMethods: cors.texts('AllowMethods'),
      allowHeaders: cors.texts('AllowHeaders'),
      exposeHeaders: cors.texts('ExposeHeaders'),
      allowCredentials: cors.flag('AllowCredentials'),
      maxAgeSeconds: cors.optionalNumber('MaxAge'),
    }
  )
}
