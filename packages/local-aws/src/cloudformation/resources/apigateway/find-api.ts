import type { CorsConfiguration } from '../../../apigateway/index.js'
import type { ApiParts } from '../../api-parts.js'
import { ServiceFailure } from '../failure.js'
import type { Properties } from '../properties.js'
import type { ResourceRequest } from '../resource-type.js'

/** The API of a part. @throws ServiceFailure */
export function findApi({ properties, services }: ResourceRequest): ApiParts {
  const apiId = properties.text('ApiId')
  const found = services.apis.get(apiId)
  if (found !== undefined) return found
  const message = `Invalid API identifier specified ${services.accountId}:${apiId}`
  throw new ServiceFailure(message, { service: 'ApiGatewayV2', status: 404, code: 'NotFound' })
}

export function readCors(settings: Properties | undefined): CorsConfiguration | undefined {
  if (settings === undefined) return undefined
  settings.only('AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge')
  const maxAgeSeconds = settings.optionalNumber('MaxAge')
  return {
    allowOrigins: settings.texts('AllowOrigins'),
    allowMethods: settings.texts('AllowMethods'),
    allowHeaders: settings.texts('AllowHeaders'),
    exposeHeaders: settings.texts('ExposeHeaders'),
    allowCredentials: settings.flag('AllowCredentials'),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  }
}
