import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import { readBody } from '../https-server.js'
import { type AccessKey, authorize, type ConditionContext, type Directory } from '../iam/index.js'
import type { Journal, JournalEntry } from '../journal.js'
import { SignatureError, verify } from '../sigv4/index.js'

/** Answers one request. Rejects when there is nobody to answer any more. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What every service of the account needs. */
export interface ServiceSettings {
  readonly directory: Directory
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
}

/** An error as a service answers it: its code, and a status of HTTP. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: string
  readonly status: number
  /** For the journal alone: which statement decided. */
  readonly detail: string | undefined

  constructor(code: string, status: number, message: string, detail?: string) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}

/** A request whose signature was verified. */
export interface Call {
  readonly caller: AccessKey
  readonly context: ConditionContext
  readonly method: string
  /** As sent, percent-encoded. */
  readonly path: string
  readonly query: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** @throws ServiceError `AccessDenied` (or the code given) unless the caller may do it */
export function demand({ caller, context }: Call, action: string, resource: string, code = 'AccessDenied'): void {
  const { outcome, reason } = authorize(caller.principal, { action, resource, context })
  if (outcome === 'Allowed') return
  const message = `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: ${resource}`
  throw new ServiceError(code, code === 'AccessDenied' ? 403 : 400, message, reason)
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export interface ServiceProtocol {
  /** As the credential scope and the journal name it. */
  readonly service: 'cloudformation' | 'lambda' | 's3' | 'ssm'
  /** Bytes. */
  readonly largestBody: number
  /** What the request asks for, for the journal; not proven, and cut where it is no name. */
  event(call: Omit<Call, 'caller'>): string
  /** @throws ServiceError */
  operate(call: Call, requestId: string): Promise<{ readonly reply: Reply; readonly fields?: JournalEntry['fields'] }>
  refuse(error: Pick<ServiceError, 'code' | 'status' | 'message'>, requestId: string): Reply
}

/** Serves a protocol: signature, operation, answer, journal. Our own mistakes are answered as AWS answers its own. */
export function signedService(settings: ServiceSettings, protocol: ServiceProtocol): ServiceHandler {
  const { accountId, clock, directory, journal, region } = settings
  return async (request, response) => {
    const requestId = randomUUID()
    const body = await readBody(request, protocol.largestBody)
    const now = clock.now()
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su)
    const { method = 'GET', headers } = request
    const context = {
      'aws:SourceIp': request.socket.remoteAddress?.replace(/^::ffff:/u, ''),
      'aws:UserAgent': headers['user-agent'],
      'aws:RequestedRegion': region,
      'aws:ResourceAccount': accountId,
      's3:ResourceAccount': accountId,
    }
    const asked = { context, method, path, query, headers, body: body ?? Buffer.alloc(0), now }
    const event = protocol.event(asked)
    const entry = {
      at: now,
      service: protocol.service,
      event: /^[A-Z]\w{0,63}$/u.test(event) ? event : 'unknown operation',
    }
    const send = ({ status, headers: more, body: content }: Reply) => {
      const date = new Date(now).toUTCString()
      const length = { 'content-length': String(Buffer.byteLength(content)) }
      response.writeHead(status, {
        date,
        'x-amzn-requestid': requestId,
        'x-amz-request-id': requestId,
        ...length,
        ...more,
      })
      response.end(method === 'HEAD' ? undefined : content)
    }
    let principal: string | undefined
    try {
      if (body === undefined) throw tooLarge(protocol.largestBody)
      const signed = { method, path, query, headers: request.headersDistinct, body }
      const accessKey = (id: string) => directory.accessKey(id)
      const caller = verify(signed, { service: [protocol.service], region, clock, accessKey })
      principal = caller.principal.arn
      const { reply, fields = {} } = await protocol.operate({ ...asked, caller }, requestId)
      send(reply)
      journal({ ...entry, outcome: 'ok', principal, fields: { ...fields, requestId } })
    } catch (error) {
      const failure = asServiceError(error)
      send(protocol.refuse(failure, requestId))
      principal ??= error instanceof SignatureError ? error.accessKeyId : undefined
      const { code, status, message, detail } = failure
      journal({
        ...entry,
        outcome: status >= 500 ? 'failed' : 'refused',
        ...(principal === undefined ? {} : { principal }),
        detail: `${code}: ${message}${detail === undefined ? '' : ` (${detail})`}`,
        fields: { requestId, status, code },
      })
    }
  }
}

function tooLarge(limit: number): ServiceError {
  return new ServiceError('RequestEntityTooLarge', 413, `The body has more than ${limit} bytes.`)
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  if (error instanceof SignatureError) return new ServiceError(error.code, error.status, error.message)
  const detail = error instanceof Error ? error.stack : String(error)
  return new ServiceError('InternalFailure', 500, 'An internal error has occurred', detail)
}
