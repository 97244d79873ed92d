import type { ApiParts } from '../../api-parts.js'
import { ServiceFailure } from '../failure.js'
import type { ResourceRequest } from '../resource-type.js'

/** The API of a part. @throws ServiceFailure */
export function findApi({ properties, services }: ResourceRequest): ApiParts {
  const apiId = properties.text('ApiId')
  const found = services.apis.byId.get(apiId)
  if (found !== undefined) return found
  const message = `Invalid API identifier specified ${services.accountId}:${apiId}`
  throw new ServiceFailure(message, { service: 'ApiGatewayV2', status: 404, code: 'NotFound' })
}
