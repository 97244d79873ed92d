import type { HttpApiSettings } from './api-state.js'
import type { Call, Outcome } from './call.js'
import { commonLogTime } from './messages/event.js'
import { header } from './messages/request.js'

/**
 * Values of the `$context` variables that an access log can contain.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function accessLogValues(
  { accountId, apiId, clock }: HttpApiSettings,
  { request, requestId, route, stage }: Call,
  { answer, detail, authorization }: Outcome,
): Readonly<Record<string, string | undefined>> {
  const at = clock.now()
  const context = authorization?.context
  const identity = context !== undefined && 'iam' in context ? context.iam : undefined
  const jwt = context !== undefined && 'jwt' in context ? context.jwt.claims : {}
  const failure = answer.status >= 500 ? detail : undefined
  return {
    accountId,
    apiId,
    'authorizer.error': answer.status === 401 || answer.status === 403 ? detail : undefined,
    ...Object.fromEntries(Object.entries(jwt).map(([name, value]) => [`authorizer.claims.${name}`, value])),
    'error.message': failure,
    httpMethod: request.method,
    'identity.accountId': identity?.accountId,
    'identity.caller': identity?.callerId,
    'identity.sourceIp': request.sourceIp,
    'identity.user': identity?.userId,
    'identity.userAgent': header(request, 'user-agent'),
    'identity.userArn': identity?.userArn,
    'integration.error': failure,
    integrationErrorMessage: failure,
    path: request.path,
    protocol: request.protocol,
    requestId,
    requestTime: commonLogTime(at),
    requestTimeEpoch: String(at),
    resourcePath: route.key.path,
    responseLength: String(answer.body.length),
    routeKey: route.key.text,
    stage: stage.settings.name,
    status: String(answer.status),
  }
}
