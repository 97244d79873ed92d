import type { CognitoIdentity } from '../../iam/index.js'
import { type ApiRequest, header } from './request.js'

/** The authorizer's result, the only source of `requestContext.authorizer`. */
export type AuthorizerContext =
  | {
      readonly iam: {
        readonly accessKey: string
        readonly accountId: string
        readonly callerId: string
        readonly cognitoIdentity: CognitoIdentity | null
        readonly principalOrgId: string | null
        readonly userArn: string
        readonly userId: string
      }
    }
  | { readonly jwt: { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null } }

/** The part of the API that received a request. */
export interface EventPlace {
  readonly accountId: string
  readonly apiId: string
  readonly stage: string
  readonly routeKey: string
  readonly requestId: string
  readonly pathParameters: Readonly<Record<string, string>>
  readonly authorizer: AuthorizerContext | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * The event of payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * Differences caused by the address: `domainName` is `localhost`, and the headers that AWS's edge adds contain this socket's address.
 */
export function buildEvent(request: ApiRequest, place: EventPlace): object {
  const cookies = request.headers.cookie?.flatMap((line) => line.split(/;\s*/u))
  const parameters = queryParameters(request.query)
  const host = header(request, 'host') ?? 'localhost'
  const text = isText(header(request, 'content-type'))
  return {
    version: '2.0',
    routeKey: place.routeKey,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: eventHeaders(request),
    ...(parameters === undefined ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: place.accountId,
      apiId: place.apiId,
      ...(place.authorizer === undefined ? {} : { authorizer: place.authorizer }),
      domainName: host.replace(/:\d+$/u, ''),
      domainPrefix: host.replace(/[.:].*$/u, ''),
      http: {
        method: request.method,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: header(request, 'user-agent') ?? '',
      },
      requestId: place.requestId,
      routeKey: place.routeKey,
      stage: place.stage,
      time: commonLogTime(place.at),
      timeEpoch: place.at,
    },
    ...(Object.keys(place.pathParameters).length === 0 ? {} : { pathParameters: place.pathParameters }),
    ...(request.body.length === 0 ? {} : { body: request.body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !text,
  }
}

/** `23/Nov/2026:18:08:24 +0000` */
export function commonLogTime(at: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/u.exec(new Date(at).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

/** Lower-case names in order; repeated headers are joined with commas; cookies are passed separately. */
function eventHeaders(request: ApiRequest): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, values = []] of Object.entries(request.headers)) {
    if (name !== 'cookie' && name !== 'connection' && name !== 'transfer-encoding') joined.set(name, values.join(','))
  }
  const forwarded = joined.get('x-forwarded-for')
  joined.set('x-forwarded-for', forwarded === undefined ? request.sourceIp : `${forwarded}, ${request.sourceIp}`)
  joined.set('x-forwarded-port', '443')
  joined.set('x-forwarded-proto', 'https')
  return Object.fromEntries([...joined].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function queryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined
  const joined = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(joined)
}

/** Content types whose body an HTTP API passes as text; all other bodies are base64. */
function isText(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  return type.startsWith('text/') || /^application\/(json|xml|javascript|[\w.-]+\+(json|xml))$/u.test(type)
}
