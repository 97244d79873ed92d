import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import type { ConditionContext, Directory } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { ServiceGuard } from '../outages.js'
import { errorXml, type QueryApi, successXml } from '../protocols/query.js'
import type { ServiceHandler } from '../protocols/signed-service.js'
import { RateLimit } from '../rate-limit.js'
import { SignatureError, verify } from '../sigv4/index.js'
import type { TlsMaterial } from '../tls.js'
import { assumeRole } from './assume-role.js'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.js'
import { getCallerIdentity } from './get-caller-identity.js'
import type { Operation, OperationOutput, UnsignedOperation } from './operation.js'
import type { PackedPolicyEstimate } from './packed-policy.js'
import { StsError } from './sts-error.js'

export interface StsSettings {
  readonly directory: Directory
  /** Signatures must be scoped to it. */
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  /** @default 'high' */
  readonly packedPolicy?: PackedPolicyEstimate
  readonly guard?: ServiceGuard
}

/** What can be made to go wrong. */
export interface StsFaults {
  /** The next `times` requests are answered with 400 Throttling, "Rate exceeded". */
  throttle(times: number): void
  /**
   * From now on so many requests are answered in a second and the others throttled: all callers of the account share 600 in a Region, so what
   * others leave of them may be few. Undefined ends it.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-sts-requests
   */
  limit(requestsPerSecond: number | undefined): void
  /** Every request from now on waits this long before it is read; 0 ends it. */
  delay(milliseconds: number): void
}

export interface Sts extends HttpsServer {
  readonly faults: StsFaults
  /** For an endpoint that other services share. */
  readonly answer: ServiceHandler
}

const api: QueryApi = { service: 'sts', version: '2011-06-15' }

/** 50 tags, a policy and ten ARNs, all percent-encoded, stay well below. */
const bodyBytes = 262_144

const operations: ReadonlyMap<string, Operation> = new Map([
  ['AssumeRole', assumeRole],
  ['GetCallerIdentity', getCallerIdentity],
])

const unsignedOperations: ReadonlyMap<string, UnsignedOperation> = new Map([
  ['AssumeRoleWithWebIdentity', assumeRoleWithWebIdentity],
])

/**
 * Serves STS over TLS on 127.0.0.1: Query protocol, signatures verified, policies enforced.
 *
 * @example
 * await using sts = await startSts({ directory, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new STSClient({ endpoint: sts.url, region: 'eu-west-1', credentials })
 */
export async function startSts(settings: StsSettings): Promise<Sts> {
  const faults: { throttled: number; delayed: number; quota?: RateLimit } = { throttled: 0, delayed: 0 }
  const closing = new AbortController()
  const { guard = (handler) => handler } = settings
  const answer = guard(async (request, response) => {
    if (faults.delayed > 0) await setTimeout(faults.delayed, undefined, { signal: closing.signal })
    const body = await readBody(request, bodyBytes)
    const asked = faults.throttled > 0
    if (asked) faults.throttled--
    const throttled = asked || faults.quota?.take(settings.clock.now()) === false
    await respond(settings, request, response, body, throttled)
  })
  const server = await serveHttps({ ...settings, answer })
  const close = () => {
    closing.abort()
    return server.close()
  }
  return {
    ...server,
    answer,
    faults: {
      throttle: (times) => {
        faults.throttled = times
      },
      limit: (requestsPerSecond) => {
        delete faults.quota
        if (requestsPerSecond !== undefined) faults.quota = new RateLimit(requestsPerSecond)
      },
      delay: (milliseconds) => {
        faults.delayed = milliseconds
      },
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function respond(
  settings: StsSettings,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | undefined,
  throttled: boolean,
): Promise<void> {
  const { clock, journal } = settings
  const requestId = randomUUID()
  const at = clock.now()
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su)
  const parameters = new URLSearchParams(request.method === 'POST' ? body?.toString() : query)
  const event = parameters.get('Action') ?? ''
  let principal: string | undefined
  const send = (status: number, xml: string) => {
    // Clients correct their clocks by this header, so it follows the stand-in's clock and not the machine's.
    const date = new Date(at).toUTCString()
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, date }).end(xml)
  }
  try {
    if (throttled) throw new StsError('Throttling', 400, 'Rate exceeded')
    if (!body) throw new StsError('RequestEntityTooLarge', 413, `The body has more than ${bodyBytes} bytes.`)
    const input = {
      parameters,
      directory: settings.directory,
      now: at,
      packedPolicy: settings.packedPolicy ?? 'high',
      context: contextOf(request, settings.region),
    }
    const unsigned = parameters.get('Version') === api.version ? unsignedOperations.get(event) : undefined
    let output: OperationOutput
    if (unsigned) {
      const proven = await unsigned(input)
      principal = proven.principal
      output = proven
    } else {
      const caller = verify(
        { method: request.method ?? '', path, query, headers: request.headersDistinct, body },
        { service: ['sts'], region: settings.region, clock, accessKey: (id) => settings.directory.accessKey(id) },
      )
      principal = caller.principal.arn
      output = findOperation(parameters)({ ...input, caller })
    }
    send(200, successXml(api, event, output.result, requestId))
    journal({ at, service: 'sts', event, outcome: 'ok', principal, fields: { ...output.fields, requestId } })
  } catch (error) {
    const failure = asFailure(error)
    send(failure.status, errorXml(api, failure.code, failure.status, failure.message, requestId))
    principal ??= error instanceof SignatureError ? error.accessKeyId : undefined
    journal({
      at,
      service: 'sts',
      event: operations.has(event) || unsignedOperations.has(event) ? event : 'unknown operation',
      outcome: failure.status >= 500 ? 'failed' : 'refused',
      ...(principal === undefined ? {} : { principal }),
      detail: `${failure.code}: ${failure.message}${failure.detail ? ` (${failure.detail})` : ''}`,
      fields: { requestId, status: failure.status, code: failure.code },
    })
  }
}

function contextOf(request: IncomingMessage, region: string): ConditionContext {
  return {
    'aws:SourceIp': request.socket.remoteAddress?.replace(/^::ffff:/u, ''),
    'aws:UserAgent': request.headers['user-agent'],
    'aws:RequestedRegion': region,
  }
}

function findOperation(parameters: URLSearchParams): Operation {
  const action = parameters.get('Action')
  const version = parameters.get('Version')
  if (action === null) throw new StsError('MissingAction', 400, 'Missing Action')
  const operation = version === api.version ? operations.get(action) : undefined
  if (operation) return operation
  const message = `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`
  const known = [...operations.keys(), ...unsignedOperations.keys()].join(', ')
  throw new StsError('InvalidAction', 400, `${message}. This stand-in has ${known}, all of version ${api.version}.`)
}

/** Our own mistakes are answered as AWS answers its own, and do not end the process. */
function asFailure(error: unknown): { code: string; status: number; message: string; detail?: string | undefined } {
  if (error instanceof StsError || error instanceof SignatureError) return error
  const detail = error instanceof Error ? error.stack : String(error)
  return { code: 'InternalFailure', status: 500, message: 'An internal error has occurred', detail }
}
