import { parseJson } from '@topic-credentials/project'
import { ServiceError } from '../protocols/service-error.js'
import {
  demand,
  type Reply,
  type ServiceHandler,
  type ServiceSettings,
  signedService,
} from '../protocols/signed-service.js'
import type { InvocationResult } from './configuration.js'
import type { FunctionRuntime } from './runtime.js'

/** Maximum size of the event of a synchronous invocation in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestBody = 6_291_456
const json = { 'content-type': 'application/json' }

/**
 * One operation of Lambda: synchronous Invoke.
 *
 * @param functions by ARN
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaService(
  settings: ServiceSettings,
  functions: ReadonlyMap<string, FunctionRuntime>,
): ServiceHandler {
  const { region, accountId } = settings
  return signedService(settings, {
    service: 'lambda',
    largestBody,
    event: ({ path }) => (functionIn(path) === undefined ? 'unknown operation' : 'Invoke'),
    async operate(call) {
      const name = functionIn(call.path)
      if (call.method !== 'POST' || name === undefined) {
        throw new ServiceError('UnknownOperationException', 404, 'The stand-in supports only Invoke of Lambda')
      }
      const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`
      demand(call, 'lambda:InvokeFunction', arn, 'AccessDeniedException')
      const runtime = functions.get(arn)
      if (runtime === undefined) throw new ServiceError('ResourceNotFoundException', 404, `Function not found: ${arn}`)
      return { reply: replyTo(await runtime.invoke(eventIn(call.body))), fields: { function: name } }
    },
    refuse: ({ code, status, message }) => ({
      status: code === 'AccessDeniedException' ? 403 : status,
      headers: { ...json, 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message }),
    }),
  })
}

function functionIn(path: string): string | undefined {
  // With an alias or a version after a colon, which clients encode.
  return /^\/2015-03-31\/functions\/([\w-]+(?:(?::|%3A)[\w$-]+)?)\/invocations$/iu
    .exec(path)?.[1]
    ?.replace(/%3A/iu, ':')
}

/** An empty body means an empty event. */
function eventIn(body: Buffer): unknown {
  const refuse = () => new ServiceError('InvalidRequestContentException', 400, 'The body is not JSON')
  return body.length === 0 ? {} : parseJson(body.toString(), refuse)
}

function replyTo(result: InvocationResult): Reply {
  if (result.outcome === 'ok') return { status: 200, headers: json, body: JSON.stringify(result.payload ?? null) }
  const { errorMessage, errorType, kind } = result
  if (kind === 'throttled') throw new ServiceError('TooManyRequestsException', 429, errorMessage)
  const headers = { ...json, 'x-amz-function-error': 'Unhandled' }
  return { status: 200, headers, body: JSON.stringify({ errorType, errorMessage }) }
}
