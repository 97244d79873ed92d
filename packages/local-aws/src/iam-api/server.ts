import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import type { Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { ServiceGuard } from '../outages.js'
import { errorXml, type QueryApi, successXml } from '../protocols/query.js'
import type { ServiceHandler } from '../protocols/signed-service.js'
import { SignatureError, verify } from '../sigv4/index.js'
import type { TlsMaterial } from '../tls.js'
import { asIamApiError, IamApiError } from './iam-api-error.js'
import { operate } from './operations.js'

export interface IamApiSettings {
  readonly directory: Directory
  /** IAM is one for all Regions and its requests are scoped to us-east-1; tools that are given an endpoint use their own Region. */
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  readonly guard?: ServiceGuard
}

export interface IamApi extends HttpsServer {
  /** For an endpoint that other services share. */
  readonly answer: ServiceHandler
}

const api: QueryApi = { service: 'iam', version: '2010-05-08' }
const globalRegion = 'us-east-1'
/** The largest policy, percent-encoded, stays below. */
const bodyBytes = 262_144

/**
 * Serves the part of the IAM API that reads roles and changes their inline policies, over TLS on 127.0.0.1: Query protocol,
 * signatures verified, the caller's own policies enforced. A change counts from the next decision on, live sessions included.
 *
 * @example
 * await using iam = await startIamApi({ directory, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new IAMClient({ endpoint: iam.url, region: 'eu-west-1', credentials })
 */
export async function startIamApi(settings: IamApiSettings): Promise<IamApi> {
  const { guard = (handler) => handler } = settings
  const answer = guard((request, response) => respond(settings, request, response))
  const server = await serveHttps({ ...settings, answer })
  return { ...server, answer }
}

async function respond(settings: IamApiSettings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { clock, directory, journal } = settings
  const body = await readBody(request, bodyBytes)
  const requestId = randomUUID()
  const at = clock.now()
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su)
  const parameters = new URLSearchParams(request.method === 'POST' ? body?.toString() : query)
  const event = parameters.get('Action') ?? ''
  const named = ['RoleName', 'PolicyName'].flatMap((name) => {
    const value = parameters.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  const fields = { requestId, ...Object.fromEntries(named) }
  let principal: string | undefined
  const send = (status: number, xml: string) => {
    const date = new Date(at).toUTCString()
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, date }).end(xml)
  }
  try {
    if (!body) throw new IamApiError('RequestEntityTooLarge', `The body has more than ${bodyBytes} bytes.`)
    const caller = verify(
      { method: request.method ?? '', path, query, headers: request.headersDistinct, body },
      { service: ['iam'], region: scopeOf(request, settings), clock, accessKey: (id) => directory.accessKey(id) },
    )
    principal = caller.principal.arn
    const context = {
      'aws:SourceIp': request.socket.remoteAddress?.replace(/^::ffff:/u, ''),
      'aws:UserAgent': request.headers['user-agent'],
      'aws:RequestedRegion': globalRegion,
    }
    const result = operate(event, parameters.get('Version'), { parameters, directory, caller, context })
    send(200, successXml(api, event, result, requestId))
    journal({ at, service: 'iam', event, outcome: 'ok', principal, fields })
  } catch (error) {
    const failure = error instanceof SignatureError ? error : asIamApiError(error)
    const { status, code, message } = failure
    send(status, errorXml(api, code, status, message, requestId))
    principal ??= error instanceof SignatureError ? error.accessKeyId : undefined
    const detail = 'detail' in failure && failure.detail !== undefined ? ` (${failure.detail})` : ''
    journal({
      at,
      service: 'iam',
      event: /^[A-Z]\w{0,63}$/u.test(event) ? event : 'unknown operation',
      outcome: status >= 500 ? 'failed' : 'refused',
      ...(principal === undefined ? {} : { principal }),
      detail: `${code}: ${message}${detail}`,
      fields: { ...fields, status, code },
    })
  }
}

function scopeOf({ headers }: IncomingMessage, { region }: IamApiSettings): string {
  return headers.authorization?.includes(`/${region}/iam/aws4_request`) ? region : globalRegion
}
