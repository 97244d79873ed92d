import type { JwtAuthorizer, Route } from '../../../apigateway/index.js'
import { type ResourceRequest, type ResourceType, shortId } from '../resource-type.js'
import { findApi } from './find-api.js'

/** `AWS::ApiGatewayV2::Authorizer` of type JWT. */
export const authorizer: ResourceType = {
  honoured: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration'],
  inert: ['Name'],
  replacedBy: ['ApiId'],
  create(request) {
    const id = request.physicalId ?? shortId(request, 6)
    findApi(request).authorizers.set(id, make(request))
    return { ref: id, attributes: { AuthorizerId: id } }
  },
  update(request) {
    const { physicalId, attributes } = request
    const { api, authorizers, routes } = findApi(request)
    const former = authorizers.get(physicalId)
    const next = make(request)
    authorizers.set(physicalId, next)
    for (const [id, route] of routes) {
      if (route.authorization.type !== 'JWT' || route.authorization.authorizer !== former) continue
      const changed: Route = { ...route, authorization: { ...route.authorization, authorizer: next } }
      api.routes.splice(api.routes.indexOf(route), 1, changed)
      routes.set(id, changed)
    }
    return { ref: physicalId, attributes }
  },
  delete({ properties, services, physicalId }) {
    services.apis.byId.get(properties.text('ApiId'))?.authorizers.delete(physicalId)
  },
}

function make({ properties, services }: ResourceRequest): JwtAuthorizer {
  const type = properties.text('AuthorizerType')
  if (type !== 'JWT') throw new Error(`the stand-in supports JWT authorizers, not ${type}`)
  const jwt = properties.nested('JwtConfiguration')?.only('Audience', 'Issuer')
  const [identitySource = '', ...more] = properties.texts('IdentitySource')
  if (more.length > 0) throw new Error('a JWT authorizer must have exactly one identity source')
  return services.createJwtAuthorizer({
    issuer: jwt?.text('Issuer') ?? '',
    audience: jwt?.texts('Audience') ?? [],
    identitySource,
  })
}
