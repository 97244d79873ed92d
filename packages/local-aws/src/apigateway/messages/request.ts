import type { IncomingMessage } from 'node:http'
import { readBody } from '../../https-server.js'

/** Maximum size of a request body of an HTTP API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const largestBody = 10 * 1024 * 1024
/** Maximum total size of request line and header values. Same source. */
const largestHead = 10_240

/** A received request. */
export interface ApiRequest {
  readonly method: string
  /** Path as sent, percent-encoded. */
  readonly rawPath: string
  /** The path, percent-decoded once: HTTP APIs match and pass on this form. */
  readonly path: string
  /** The query as sent, without the question mark. */
  readonly query: string
  /** By lower-case name; repeated headers are separate values. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  readonly body: Buffer
  readonly sourceIp: string
  readonly protocol: string
}

/** A request that the API refuses before it looks for a route. */
export class RequestRejected extends Error {
  override readonly name = 'RequestRejected'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads a whole request; throws {@link RequestRejected} if it is too large or its path cannot be decoded. */
export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const { method = 'GET', url = '/' } = message
  const headers = message.headersDistinct
  const values = Object.values(headers).flat()
  const head = method.length + url.length + values.reduce((sum, value) => sum + (value?.length ?? 0), 0)
  if (head > largestHead) throw new RequestRejected(431, 'Request Header Fields Too Large')
  const at = url.indexOf('?')
  const rawPath = at < 0 ? url : url.slice(0, at)
  const query = at < 0 ? '' : url.slice(at + 1)
  let path: string
  try {
    path = decodeURIComponent(rawPath)
  } catch {
    throw new RequestRejected(400, 'Bad Request')
  }
  const body = await readBody(message, largestBody)
  if (body === undefined) throw new RequestRejected(413, 'Request Entity Too Large')
  const sourceIp = message.socket.remoteAddress ?? ''
  return { method, rawPath, path, query, headers, body, sourceIp, protocol: `HTTP/${message.httpVersion}` }
}

/** A header's values, joined as HTTP joins them. */
export function header(request: ApiRequest, lowerCaseName: string): string | undefined {
  return request.headers[lowerCaseName]?.join(',')
}
