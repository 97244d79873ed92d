/** `CorsConfiguration` of `AWS::ApiGatewayV2::Api`. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[]
  readonly allowMethods: readonly string[]
  readonly allowHeaders: readonly string[]
  readonly exposeHeaders: readonly string[]
  readonly allowCredentials: boolean
  readonly maxAgeSeconds?: number | undefined
}

type Headers = Record<string, string>

/**
 * The headers that the API adds for a browser's request from `origin`; none if that origin is not allowed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function corsHeaders(cors: CorsConfiguration, origin: string): Headers {
  const allowed = cors.allowOrigins.find((pattern) => matches(pattern, origin))
  if (allowed === undefined) return {}
  return {
    'access-control-allow-origin': allowed === '*' ? '*' : origin,
    ...(allowed === '*' ? {} : { vary: 'origin' }),
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.exposeHeaders.length === 0 ? {} : { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
  }
}

/** The response to a preflight request, which the API handles without a route, an authorizer or a function. */
export function preflightHeaders(cors: CorsConfiguration, origin: string): Headers {
  const headers = corsHeaders(cors, origin)
  if (headers['access-control-allow-origin'] === undefined) return {}
  return {
    ...headers,
    ...(cors.allowMethods.length === 0 ? {} : { 'access-control-allow-methods': cors.allowMethods.join(',') }),
    ...(cors.allowHeaders.length === 0 ? {} : { 'access-control-allow-headers': cors.allowHeaders.join(',') }),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  }
}

/** `*`, `https://*`, `http://*` or the origin itself, case-insensitively. */
function matches(pattern: string, origin: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), origin.toLowerCase()]
  return (
    wanted === '*' || wanted === given || (/^https?:\/\/\*$/u.test(wanted) && given.startsWith(wanted.slice(0, -1)))
  )
}
