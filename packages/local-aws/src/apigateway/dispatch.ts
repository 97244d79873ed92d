import type { InvocationResult } from '../lambda/index.js'
import { accessLogValues } from './access-log.js'
import type { ApiState } from './api-state.js'
import type { Authorization } from './authorizers/authorization.js'
import { authorizeIam } from './authorizers/iam-authorizer.js'
import type { Call, Outcome } from './call.js'
import { buildEvent } from './messages/event.js'
import type { ApiRequest } from './messages/request.js'
import { functionResponse, message } from './messages/response.js'
import { matchRoute } from './routes/route.js'
import type { Stage } from './stage.js'

/** Maximum size of the event of a synchronous invocation, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestEvent = 6_291_456

/** Route, throttle, authorizer, permission, function, response: the processing of a request by the API. */
export async function dispatch(api: ApiState, request: ApiRequest, requestId: string): Promise<Outcome> {
  const { stage, path } = findStage(api.stages, request.path)
  if (stage === undefined) return { answer: message(404, 'Not Found'), detail: 'the API has no stage for this path' }
  const match = matchRoute(api.routes, request.method, path)
  if (match === undefined) return { answer: message(404, 'Not Found'), detail: 'no route matches' }
  const call: Call = { request, requestId, stage, path, ...match }
  const outcome = await serveRoute(api, call)
  stage.log(accessLogValues(api.settings, call, outcome))
  return outcome
}

async function serveRoute(api: ApiState, call: Call): Promise<Outcome> {
  const { text } = call.route.key
  if (api.faults.throttle || !call.stage.admit(text)) {
    return { answer: message(429, 'Too Many Requests'), detail: `the throttle of route ${text} is used up` }
  }
  const authorization = await authorize(api, call)
  if (authorization === undefined) return invoke(api, call)
  const { principal } = authorization
  if (authorization.allowed) return { ...(await invoke(api, call, authorization)), principal, authorization }
  const { status, headers, reason } = authorization
  return { answer: message(status, status === 401 ? 'Unauthorized' : 'Forbidden', headers), detail: reason, principal }
}

async function authorize(api: ApiState, { request, route, stage, path }: Call): Promise<Authorization | undefined> {
  const { authorization } = route
  if (authorization.type === 'NONE') return undefined
  if (authorization.type === 'JWT') return authorization.authorizer.authorize(request, authorization.scopes)
  return authorizeIam(request, executeApiArn(api, stage, request.method + path), api.settings)
}

async function invoke(api: ApiState, call: Call, authorization?: Authorization & { allowed: true }): Promise<Outcome> {
  const { request, requestId, stage, path, route, pathParameters } = call
  const { accountId, apiId, clock } = api.settings
  if (api.faults.failWith !== undefined) {
    return { answer: message(api.faults.failWith, 'Service Unavailable'), detail: 'the fault failWith is on' }
  }
  const { method = 'ANY', path: routePath, text } = route.key
  const source = routePath === undefined ? text : (method === 'ANY' ? '*' : method) + routePath
  const sourceArn = executeApiArn(api, stage, source)
  const caller = { principal: 'apigateway.amazonaws.com', sourceArn, sourceAccount: accountId }
  const permission = route.integration.decide(caller)
  if (!permission.allowed) return { answer: message(500, 'Internal Server Error'), detail: permission.reason }
  const { name } = stage.settings
  const event = buildEvent(name === '$default' ? request : { ...request, path: `/${name}${path}` }, {
    accountId,
    apiId,
    stage: name,
    routeKey: text,
    requestId,
    pathParameters,
    authorizer: authorization?.context,
    at: clock.now(),
  })
  if (Buffer.byteLength(JSON.stringify(event)) > largestEvent) {
    return { answer: message(413, 'Request Entity Too Large'), detail: `the event exceeds ${largestEvent} bytes` }
  }
  const { timeoutMilliseconds } = route.integration
  const result = await withinTime(route.integration.invoke(event), timeoutMilliseconds)
  if (result !== undefined) return outcomeOf(result)
  const detail = `the function did not respond within ${timeoutMilliseconds / 1000} seconds`
  return { answer: message(503, 'Service Unavailable'), detail }
}

/** Converts the function's result to an HTTP response. Error messages of the function go to the journal, never to the client. */
function outcomeOf(result: InvocationResult): Outcome {
  if (result.outcome === 'ok') {
    const answer = functionResponse(result.payload)
    if (answer !== undefined) return { answer }
    return { answer: message(500, 'Internal Server Error'), detail: 'the function returned no valid HTTP response' }
  }
  const detail = `${result.errorType}: ${result.errorMessage}`
  if (result.kind === 'crash') return { answer: message(502, 'Bad Gateway'), detail }
  if (result.kind === 'throttled') return { answer: message(503, 'Service Unavailable'), detail }
  return { answer: message(500, 'Internal Server Error'), detail }
}

/** The stage of a path, and the rest of the path. */
function findStage(stages: readonly Stage[], path: string): { stage: Stage | undefined; path: string } {
  const [, first = ''] = path.split('/', 2)
  const named = stages.find(({ settings }) => settings.name === first)
  if (named !== undefined) return { stage: named, path: path.slice(first.length + 1) || '/' }
  return { stage: stages.find(({ settings }) => settings.name === '$default'), path }
}

function executeApiArn({ settings }: ApiState, stage: Stage, rest: string): string {
  const { region, accountId, apiId } = settings
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage.settings.name}/${rest}`
}

/** Undefined on timeout; the invocation continues, like on Lambda. */
async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
