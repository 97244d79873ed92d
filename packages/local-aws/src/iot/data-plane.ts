import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, type ApiRequest } from './api-request.js'
import type { Caller } from './authorization.js'
import { OPERATIONS } from './operations.js'
import type { Plane } from './plane.js'
import { type GatewayError, gatewayAnswer, isRefusal, type SignatureGate, signedRequest } from './upgrade.js'

/**
 * The HTTPS side of the data plane, on the same port: SigV4 in the Authorization header (or presigned), then one operation.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT_Data_Plane.html
 */
export class DataPlaneApi {
  readonly #plane: Plane
  readonly #gate: SignatureGate

  constructor(plane: Plane, gate: SignatureGate) {
    this.#plane = plane
    this.#gate = gate
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status = 200, body } = await this.#operate(request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    } catch (error) {
      refuse(response, error instanceof ApiError ? error : failure(error))
    }
  }

  async #operate(request: IncomingMessage): Promise<{ status?: number; body: unknown }> {
    const body = await readBody(request, this.#plane.limits.payloadBytes)
    const signed = signedRequest(request, body)
    // AWS answers a plain GET there with 426; nothing is looked at before.
    if (signed.path === '/mqtt') throw new ApiError(426, 'UpgradeRequiredException', 'WebSocket upgrade required')
    const sourceIp = request.socket.remoteAddress ?? '127.0.0.1'
    const admitted = this.#gate.admit(`${signed.method} ${signed.path.split('/')[1] ?? ''}`, signed, sourceIp)
    if (isRefusal(admitted)) throw new ApiError(admitted.status, admitted.code, admitted.message)
    const caller: Caller = { identity: admitted, sourceIp }
    const operations = OPERATIONS.filter(({ path }) => path.test(signed.path))
    if (operations.length === 0)
      throw new ApiError(404, 'ResourceNotFoundException', `No operation of the data plane is at ${signed.path}`)
    const operation = operations.find(({ method }) => method === signed.method)
    if (operation === undefined)
      throw new ApiError(405, 'MethodNotAllowedException', `${signed.method} is not allowed on ${signed.path}`)
    const input: ApiRequest = {
      name: decode(operation.path.exec(signed.path)?.[1] ?? ''),
      query: new URLSearchParams(signed.query),
      headers: request.headers,
      body,
    }
    return { body: await operation.run(this.#plane, caller, input) }
  }
}

/** AWS takes the topic both as one encoded path segment and with its slashes as they are. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiError(400, 'InvalidRequestException', `'${text}' is not percent-encoded UTF-8`)
  }
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= limit) chunks.push(chunk as Buffer)
    // The rest is read and thrown away, so that the client gets the answer and not a reset; but not without end.
    if (size > 8 * limit) request.destroy()
  }
  if (size > limit)
    throw new ApiError(413, 'RequestEntityTooLargeException', `${size} bytes came and ${limit} are allowed`)
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, error: GatewayError): void {
  if (response.headersSent || response.destroyed) return
  const { headers, body } = gatewayAnswer(error, false)
  response.writeHead(error.status, headers).end(body)
}

const failure = (error: unknown): GatewayError => ({
  status: 500,
  code: 'InternalFailureException',
  message: `The stand-in failed: ${error instanceof Error ? error.message : String(error)}`,
})
