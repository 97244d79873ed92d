import { parseRouteKey, type Route } from '../../../apigateway/index.js'
import type { ApiParts } from '../../api-parts.js'
import { type ResourceRequest, type ResourceType, shortId } from '../resource-type.js'
import { findApi } from './find-api.js'

/** `AWS::ApiGatewayV2::Route` */
export const route: ResourceType = {
  honoured: [
    'ApiId',
    'ApiKeyRequired',
    'AuthorizationScopes',
    'AuthorizationType',
    'AuthorizerId',
    'RouteKey',
    'Target',
  ],
  inert: ['OperationName'],
  replacedBy: ['ApiId'],
  create(request) {
    const parts = findApi(request)
    const made = make(request, parts)
    const id = request.physicalId ?? shortId(request, 7)
    parts.api.routes.push(made)
    parts.routes.set(id, made)
    return { ref: id, attributes: { RouteId: id } }
  },
  update(request) {
    const { physicalId, attributes } = request
    const parts = findApi(request)
    const former = parts.routes.get(physicalId)
    const next = make(request, parts, former)
    const at = former === undefined ? -1 : parts.api.routes.indexOf(former)
    if (at >= 0) parts.api.routes.splice(at, 1, next)
    parts.routes.set(physicalId, next)
    return { ref: physicalId, attributes }
  },
  delete({ properties, services, physicalId }) {
    const parts = services.apis.byId.get(properties.text('ApiId'))
    const found = parts?.routes.get(physicalId)
    if (parts === undefined || found === undefined) return
    parts.api.routes.splice(parts.api.routes.indexOf(found), 1)
    parts.routes.delete(physicalId)
  },
}

function make(request: ResourceRequest, { api, integrations, authorizers }: ApiParts, former?: Route): Route {
  const { properties } = request
  if (properties.flag('ApiKeyRequired')) throw new Error('HTTP APIs have no API keys')
  const target = /^integrations\/(\w+)$/u.exec(properties.text('Target'))?.[1] ?? ''
  const integration = integrations.get(target)
  if (integration === undefined) throw new Error(`there is no integration ${properties.text('Target')}`)
  const key = parseRouteKey(properties.text('RouteKey'))
  if (api.routes.some((other) => other !== former && other.key.text === key.text)) {
    throw new Error(`Route with key ${key.text} already exists for this API`)
  }
  const type = properties.optionalText('AuthorizationType') ?? 'NONE'
  if (type === 'NONE' || type === 'AWS_IAM') return { key, authorization: { type }, integration }
  const authorizer = authorizers.get(properties.optionalText('AuthorizerId') ?? '')
  if (type !== 'JWT' || authorizer === undefined) {
    throw new Error(`there is no authorizer of type ${type} for this route`)
  }
  return { key, authorization: { type, authorizer, scopes: properties.texts('AuthorizationScopes') }, integration }
}
