import type { IncomingMessage } from 'node:http'
import { readBody } from '../../https-server.js'

/** Largest request body of an HTTP API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const largestBody = 10 * 1024 * 1024
/** Largest request line and header values together. Same source. */
const largestHead = 10_240

/** A request as it arrived. */
export interface ApiRequest {
  readonly method: string
  /** Path as sent, percent-encoded. */
  readonly rawPath: string
  /** The same, percent-decoded once: what HTTP APIs match and hand on. */
  readonly path: string
  /** Query as sent, without its question mark. */
  readonly query: string
  /** By lower-case name; repeated headers stay apart. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  readonly body: Buffer
  readonly sourceIp: string
  readonly protocol: string
}

/** A request that the API answers itself, before any route is looked at. */
export class RequestRejected extends Error {
  override readonly name = 'RequestRejected'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads a whole request; throws {@link RequestRejected} for one that is too large or whose path cannot be decoded. */
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
