import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import type { AccessKey, Directory } from '../iam/index.js'
import { SignatureError, type SignedRequest, verify } from '../sigv4/index.js'
import type { Recorder } from './plane.js'

/** The service names that AWS accepts in the credential scope here. */
const SERVICES = ['iotdevicegateway', 'iotdata'] as const
const TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  500: 'Internal Server Error',
}

/** An HTTP answer in the form of AWS's device gateway. */
export interface GatewayError {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Headers and body of an error as AWS IoT Core sends them, the colon after the type included. */
export function gatewayAnswer(
  { code, message }: GatewayError,
  close: boolean,
): { headers: Record<string, string>; body: string } {
  const requestId = randomUUID()
  const body = JSON.stringify({ message, traceId: requestId })
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      date: new Date().toUTCString(),
      'x-amzn-RequestId': requestId,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'x-amzn-ErrorMessage, x-amzn-RequestId, x-amzn-ErrorType, Date',
      'x-amzn-ErrorType': `${code}:`,
      connection: close ? 'close' : 'keep-alive',
    },
  }
}

export interface GateOptions {
  readonly directory: Pick<Directory, 'accessKey'>
  readonly region: string
  readonly clock: Clock
  readonly record: Recorder
}

/** Gate 1: the signature. Nothing is authorized yet, only proven who speaks. */
export class SignatureGate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** The credentials that signed, or AWS's refusal. */
  admit(event: string, request: SignedRequest, sourceIp: string): AccessKey | GatewayError {
    const { directory, region, clock, record } = this.#options
    try {
      return verify(request, { service: SERVICES, region, clock, accessKey: (id) => directory.accessKey(id) })
    } catch (error) {
      if (!(error instanceof SignatureError)) return this.#failed(event, error as Error)
      const { status, code, message, accessKeyId, fault } = error
      record.stranger(event, accessKeyId, message, { status, code, fault, sourceIp })
      return { status, code, message }
    }
  }

  /** Whatever goes wrong here lets nobody in. */
  #failed(event: string, { message }: Error): GatewayError {
    this.#options.record.stranger(event, undefined, `the stand-in failed: ${message}`, { status: 500 })
    return { status: 500, code: 'InternalFailureException', message }
  }
}

export const isRefusal = (answer: AccessKey | GatewayError): answer is GatewayError => 'status' in answer

/** The request as it is on the wire. */
export function signedRequest(request: IncomingMessage, body?: Uint8Array): SignedRequest {
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: request.headersDistinct,
    ...(body === undefined ? {} : { body }),
  }
}

/** Answers an upgrade with an HTTP error and closes the socket once it is out. */
export function refuseUpgrade(socket: Duplex, error: GatewayError): void {
  const { headers, body } = gatewayAnswer(error, true)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${error.status} ${TEXT[error.status] ?? 'Error'}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}
