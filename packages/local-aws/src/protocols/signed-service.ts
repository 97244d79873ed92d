import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import { readBody } from '../https-server.js'
import { type AccessKey, authorize, type ConditionContext, type Directory } from '../iam/index.js'
import type { Journal, JournalEntry } from '../journal.js'
import { SignatureError, verify } from '../sigv4/index.js'
import { ServiceError } from './service-error.js'

/** Handles one request. Rejects if the client has disconnected. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The parts of the account that every service needs. */
export interface ServiceSettings {
  readonly directory: Directory
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
}

/** A request before its caller is identified. */
export interface Asked {
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

/** A request with a verified signature. */
export interface Call extends Asked {
  readonly caller: AccessKey
}

/** @throws ServiceError `AccessDenied` (or the given code) if the caller has no permission */
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

export interface Answer {
  readonly reply: Reply
  /** The connection ends before the reply. */
  readonly isLost?: boolean
  /** For the journal; no secrets. */
  readonly fields?: JournalEntry['fields']
  /** The caller of an unsigned request. */
  readonly principal?: string
}

export interface ServiceProtocol {
  /** The name in the credential scope and in the journal. */
  readonly service: 'cloudformation' | 'dynamodb' | 'iam' | 'lambda' | 's3' | 'ssm' | 'sts'
  /** Bytes. */
  readonly largestBody: number
  /** `aws:RequestedRegion`. @default the account's Region */
  readonly requestedRegion?: string
  /** The Region that the signature is scoped to. @default the account's Region */
  scope?(asked: Asked): string
  /** The requested operation, for the journal; unverified, and shortened if it is not a name. */
  event(asked: Asked): string
  /** Fields of the journal entry of every request, answered or refused. */
  fields?(asked: Asked): JournalEntry['fields']
  /** Before anything is verified. @throws ServiceError */
  admit?(): void
  /** The response to a request that is authenticated without a signature; undefined for other requests. @throws ServiceError */
  unsigned?(asked: Asked, requestId: string): Promise<Answer> | undefined
  /** @throws ServiceError */
  operate(call: Call, requestId: string): Promise<Answer>
  refuse(error: Pick<ServiceError, 'code' | 'status' | 'message'>, requestId: string): Reply
}

/** Serves a protocol: signature, operation, response, journal. Internal errors are answered like AWS's own. */
export function signedService(settings: ServiceSettings, protocol: ServiceProtocol): ServiceHandler {
  const { clock, directory, journal } = settings
  return async (request, response) => {
    const requestId = randomUUID()
    const body = await readBody(request, protocol.largestBody)
    const asked = askedOf(request, body, settings, protocol)
    const event = protocol.event(asked)
    const entry = {
      at: asked.now,
      service: protocol.service,
      event: /^[A-Z]\w{0,63}$/u.test(event) ? event : 'unknown operation',
    }
    const common = { ...protocol.fields?.(asked), requestId }
    let principal: string | undefined
    const signed = () => {
      const caller = verify(
        { ...asked, headers: request.headersDistinct },
        {
          service: [protocol.service],
          region: protocol.scope?.(asked) ?? settings.region,
          clock,
          accessKey: (id) => directory.accessKey(id),
        },
      )
      principal = caller.principal.arn
      return protocol.operate({ ...asked, caller }, requestId)
    }
    try {
      protocol.admit?.()
      if (body === undefined) throw tooLarge(protocol.largestBody)
      const answer = await (protocol.unsigned?.(asked, requestId) ?? signed())
      principal ??= answer.principal
      const { reply, isLost = false } = answer
      if (isLost) {
        response.destroy()
      } else {
        send(response, asked, requestId, reply)
      }
      journal({
        ...entry,
        outcome: reply.status < 400 ? 'ok' : reply.status < 500 ? 'refused' : 'failed',
        principal,
        fields: { ...answer.fields, ...common },
      })
    } catch (error) {
      const failure = asServiceError(error)
      send(response, asked, requestId, protocol.refuse(failure, requestId))
      principal ??= error instanceof SignatureError ? error.accessKeyId : undefined
      const { code, status, message, detail } = failure
      journal({
        ...entry,
        outcome: status >= 500 ? 'failed' : 'refused',
        principal,
        detail: `${code}: ${message}${detail === undefined ? '' : ` (${detail})`}`,
        fields: { ...common, status, code },
      })
    }
  }
}

function askedOf(
  request: IncomingMessage,
  body: Buffer | undefined,
  { accountId, clock, region }: ServiceSettings,
  { requestedRegion = region }: ServiceProtocol,
): Asked {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su)
  const { method = 'GET', headers } = request
  const context = {
    'aws:SourceIp': request.socket.remoteAddress?.replace(/^::ffff:/u, ''),
    'aws:UserAgent': headers['user-agent'],
    'aws:RequestedRegion': requestedRegion,
    'aws:ResourceAccount': accountId,
    's3:ResourceAccount': accountId,
  }
  return { context, method, path, query, headers, body: body ?? Buffer.alloc(0), now: clock.now() }
}

function send(response: ServerResponse, { method, now }: Asked, requestId: string, { status, headers, body }: Reply) {
  response.writeHead(status, {
    // Clients use this header to correct their clocks, so it follows the stand-in's clock.
    date: new Date(now).toUTCString(),
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })
  response.end(method === 'HEAD' ? undefined : body)
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
