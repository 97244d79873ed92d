import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.js'
import type { AccessKey, Directory } from '../../iam/index.js'
import { SignatureError, type SignedRequest, verify } from '../../sigv4/index.js'
import type { Recorder } from './recorder.js'

/** The service names that AWS accepts in the credential scope here. */
const serviceNames = ['iotdevicegateway', 'iotdata'] as const

/** An HTTP refusal. */
export interface GatewayError {
  readonly status: number
  readonly code: string
  readonly message: string
}

export interface GateOptions {
  readonly directory: Pick<Directory, 'accessKey'>
  readonly region: string
  readonly clock: Clock
  readonly recorder: Recorder
}

/** Gate 1: verifies the signature. It authenticates the caller and authorizes nothing. */
export class SignatureGate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** The signing credentials, or AWS's refusal. */
  admit(event: string, request: SignedRequest, sourceIp: string): AccessKey | GatewayError {
    const { directory, region, clock, recorder } = this.#options
    try {
      return verify(request, { service: serviceNames, region, clock, accessKey: (id) => directory.accessKey(id) })
    } catch (error) {
      if (!(error instanceof SignatureError)) return this.#failed(event, error as Error)
      const { status, code, message, accessKeyId, fault } = error
      recorder.stranger(event, accessKeyId, message, { status, code, fault, sourceIp })
      return { status, code, message }
    }
  }

  /** An internal error refuses the request. */
  #failed(event: string, { message }: Error): GatewayError {
    this.#options.recorder.stranger(event, undefined, `the stand-in failed: ${message}`, { status: 500 })
    return { status: 500, code: 'InternalFailureException', message }
  }
}

export function isRefusal(answer: AccessKey | GatewayError): answer is GatewayError {
  return 'status' in answer
}

/** The request as received. */
export function signedRequest(request: IncomingMessage, body?: Uint8Array): SignedRequest {
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  return { method: request.method ?? 'GET', path, query: query.join('?'), headers: request.headersDistinct, body }
}

export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '127.0.0.1'
}
