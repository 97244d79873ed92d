import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { Clock } from '../clock.js'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import { type AccessKey, authorize, type Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { ServiceGuard } from '../outages.js'
import { SignatureError, verify } from '../sigv4/index.js'
import type { TlsMaterial } from '../tls.js'
import { DynamoDbError, qualified } from './dynamodb-error.js'
import { type DynamoDbFaults, PendingFaults } from './faults.js'
import { rightsFor } from './operation-rights.js'
import type { Tables } from './tables.js'

export interface DynamoDbSettings {
  readonly tables: Tables
  readonly directory: Directory
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  readonly guard?: ServiceGuard
}

export interface DynamoDb extends HttpsServer {
  readonly faults: DynamoDbFaults
}

/** DynamoDB takes 16 MiB. */
const bodyBytes = 16 * 1024 * 1024

/**
 * Serves the account's tables over TLS on 127.0.0.1: JSON 1.0, signatures verified, the caller's own policies enforced with
 * `dynamodb:LeadingKeys`.
 *
 * @example
 * await using dynamodb = await startDynamoDb({ tables, directory, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new DynamoDBClient({ endpoint: dynamodb.url, region: 'eu-west-1', credentials })
 */
export async function startDynamoDb(settings: DynamoDbSettings): Promise<DynamoDb> {
  const faults = new PendingFaults()
  const closing = new AbortController()
  const { guard = (handler) => handler } = settings
  const answer = guard(async (request, response) => {
    if (faults.delayed > 0) await setTimeout(faults.delayed, undefined, { signal: closing.signal })
    await respond(settings, faults, request, response)
  })
  const server = await serveHttps({ tls: settings.tls, port: settings.port, answer })
  const close = () => {
    closing.abort()
    return server.close()
  }
  return { ...server, faults, close, [Symbol.asyncDispose]: close }
}

async function respond(
  settings: DynamoDbSettings,
  faults: PendingFaults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, journal } = settings
  const at = clock.now()
  const requestId = randomUUID()
  const body = await readBody(request, bodyBytes)
  const operation = /^DynamoDB_20120810\.([A-Za-z]{1,40})$/u.exec(String(request.headers['x-amz-target']))?.[1] ?? ''
  const entry = { at, service: 'dynamodb' as const, event: operation === '' ? 'unknown operation' : operation }
  let principal: string | undefined
  const send = (status: number, text: string) =>
    response
      .writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': requestId,
        'x-amz-crc32': String(crc32(text)),
        date: new Date(at).toUTCString(),
      })
      .end(text)
  try {
    const caller = verified(settings, request, body)
    principal = caller.principal.arn
    const text = permitted(settings, caller, operation, request, body)
    if (faults.meets('fail')) throw new DynamoDbError('InternalServerError', 'Internal server error', { status: 500 })
    if (faults.meets('throttle')) throw new DynamoDbError('ProvisionedThroughputExceededException', tooMuch)
    const unprocessed = operation === 'BatchGetItem' && faults.meets('unprocessed')
    const answer = await (unprocessed ? partly(settings.tables, text) : settings.tables.call(operation, text))
    if (faults.meets('lose')) {
      response.destroy()
    } else {
      send(answer.status, faults.meets('garble') ? '<html>busy</html>' : answer.body)
    }
    const outcome = answer.status < 400 ? 'ok' : answer.status < 500 ? 'refused' : 'failed'
    journal({ ...entry, outcome, principal, fields: { requestId, status: answer.status } })
  } catch (error) {
    const { code, status, message, detail } = asFailure(error)
    // DynamoDB's own errors have a small "message", those of the protocol a capital one.
    send(status, JSON.stringify({ __type: qualified(code), message, Message: message }))
    principal ??= error instanceof SignatureError ? error.accessKeyId : undefined
    journal({
      ...entry,
      outcome: status >= 500 ? 'failed' : 'refused',
      ...(principal === undefined ? {} : { principal }),
      detail: `${code}: ${message}${detail === undefined ? '' : ` (${detail})`}`,
      fields: { requestId, status, code },
    })
  }
}

const tooMuch = 'The level of configured provisioned throughput for the table was exceeded.'

function verified(settings: DynamoDbSettings, request: IncomingMessage, body: Buffer | undefined): AccessKey {
  if (body === undefined) {
    const message = `The request has more than ${bodyBytes} bytes.`
    throw new DynamoDbError('RequestEntityTooLarge', message, { status: 413 })
  }
  const { region, clock, directory } = settings
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su)
  return verify(
    { method: request.method ?? '', path, query, headers: request.headersDistinct, body },
    { service: ['dynamodb'], region, clock, accessKey: (id) => directory.accessKey(id) },
  )
}

/** The body as text, once the caller may do all that it asks for. */
function permitted(
  { tables, region }: DynamoDbSettings,
  { principal }: AccessKey,
  operation: string,
  request: IncomingMessage,
  body: Buffer | undefined,
): string {
  const text = body?.toString() ?? ''
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    throw new DynamoDbError('SerializationException', 'The body is not JSON.')
  }
  const surroundings = {
    'aws:SourceIp': request.socket.remoteAddress?.replace(/^::ffff:/u, ''),
    'aws:UserAgent': request.headers['user-agent'],
    'aws:RequestedRegion': region,
  }
  for (const { context, ...right } of rightsFor(operation, input, (name) => tables.find(name))) {
    const { outcome, reason } = authorize(principal, { ...right, context: { ...surroundings, ...context } })
    if (outcome === 'Allowed') continue
    const why =
      outcome === 'ExplicitlyDenied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${right.action} action`
    const message = `User: ${principal.arn} is not authorized to perform: ${right.action} on resource: ${right.resource} ${why}`
    throw new DynamoDbError('AccessDeniedException', message, { detail: reason })
  }
  return text
}

/** One key of one table is answered; all others are unprocessed, as DynamoDB does when an answer would be too large. */
async function partly(tables: Tables, text: string) {
  type Items = Record<string, { readonly Keys: readonly unknown[] }>
  const { RequestItems } = JSON.parse(text) as { readonly RequestItems: Items }
  const [[name, { Keys, ...rest }], ...others] = Object.entries(RequestItems) as [[string, Items[string]]]
  const first = JSON.stringify({ RequestItems: { [name]: { ...rest, Keys: Keys.slice(0, 1) } } })
  const answer = await tables.call('BatchGetItem', first)
  if (answer.status !== 200) return answer
  const left = [[name, { ...rest, Keys: Keys.slice(1) }] as const, ...others].filter(([, one]) => one.Keys.length > 0)
  return {
    ...answer,
    body: JSON.stringify({ ...JSON.parse(answer.body), UnprocessedKeys: Object.fromEntries(left) }),
  }
}

function asFailure(error: unknown): { code: string; status: number; message: string; detail?: string | undefined } {
  if (error instanceof DynamoDbError || error instanceof SignatureError) return error
  const detail = error instanceof Error ? error.stack : String(error)
  return { code: 'InternalServerError', status: 500, message: 'The request could not be completed.', detail }
}
