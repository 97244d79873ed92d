import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { messageOf } from '@topic-credentials/project'
import { readBody } from '../../https-server.js'
import type { ServiceHandler } from '../../protocols/signed-service.js'
import type { Requester } from '../access/authorization.js'
import { addressOf, isRefusal, type SignatureGate, signedRequest } from '../access/signature-gate.js'
import type { DataPlane } from '../rules/context.js'
import { ApiError } from './api-error.js'
import { preflightHeaders } from './cors.js'
import { gatewayAnswer, jsonAnswer } from './gateway-answer.js'
import { type ApiRequest, operations } from './operations/index.js'

/**
 * The HTTPS API of the data plane on the same port: SigV4 in the Authorization header (or presigned), then one operation.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT_Data_Plane.html
 */
export function httpsApi(plane: DataPlane, gate: SignatureGate): ServiceHandler {
  return async (request, response) => {
    if (request.method === 'OPTIONS') {
      request.resume()
      response.writeHead(200, { ...preflightHeaders, 'content-length': 0 }).end()
      return
    }
    try {
      const content = await operate(plane, gate, request)
      const { headers, body } = jsonAnswer(content, randomUUID(), plane.clock.now())
      response.writeHead(200, headers).end(body)
    } catch (error) {
      if (response.destroyed) return
      const refusal = error instanceof ApiError ? error : failure(error)
      const { headers, body } = gatewayAnswer(refusal, plane.clock.now())
      response.writeHead(refusal.status, headers).end(body)
    }
  }
}

async function operate(plane: DataPlane, gate: SignatureGate, request: IncomingMessage): Promise<unknown> {
  const { payloadBytes } = plane.limits
  const body = await readBody(request, payloadBytes)
  if (body === undefined) {
    throw new ApiError(413, 'RequestEntityTooLargeException', `The body is longer than ${payloadBytes} bytes`)
  }
  const signed = signedRequest(request, body)
  // AWS responds to a plain GET there with 426, before any other check.
  if (signed.path === '/mqtt') throw new ApiError(426, 'UpgradeRequiredException', 'WebSocket upgrade required')
  const sourceIp = addressOf(request)
  const identity = gate.admit(`${signed.method} ${signed.path.split('/')[1] ?? ''}`, signed, sourceIp)
  if (isRefusal(identity)) throw new ApiError(identity.status, identity.code, identity.message)
  const requester: Requester = { identity, sourceIp }
  const here = operations.filter(({ path }) => path.test(signed.path))
  if (here.length === 0) throw ApiError.notFound(`The data plane has no operation at ${signed.path}`)
  const operation = here.find(({ method }) => method === signed.method)
  if (operation === undefined) {
    throw new ApiError(405, 'MethodNotAllowedException', `${signed.method} is not allowed on ${signed.path}`)
  }
  const input: ApiRequest = {
    name: decode(operation.path.exec(signed.path)?.[1] ?? ''),
    query: new URLSearchParams(signed.query),
    headers: request.headers,
    body,
  }
  return operation.run(plane, requester, input)
}

/** AWS accepts the topic as one encoded path segment and with unencoded slashes. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw ApiError.invalid(`'${text}' is not percent-encoded UTF-8`)
  }
}

function failure(error: unknown): ApiError {
  const message = messageOf(error)
  return new ApiError(500, 'InternalFailureException', `The stand-in failed: ${message}`)
}
