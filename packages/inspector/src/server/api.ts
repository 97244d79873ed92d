import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { isRecord } from '@topic-credentials/grants'
import type { Fault, LocalAws } from '@topic-credentials/local-aws'
import { ask, credentialsUrl } from '../questions/ask.js'
import { viewOf } from '../questions/decision-view.js'
import { nameOf, type Records } from '../records/records.js'
import type { ConnectionRow, StateView } from '../records/shapes.js'

/** The data behind the API. */
interface Inspected {
  readonly aws: LocalAws
  readonly faults: readonly Fault[]
  readonly records: Records
}

/** A response: JSON, or bytes. Undefined: it does not exist. */
type Answer = object | Buffer | undefined

const longestBody = 65_536

/** `METHOD path` of each question; a body is a JSON object. Documented in the README. */
const questions: Readonly<Record<string, (inspected: Inspected, body: Body) => Answer | Promise<Answer>>> = {
  'GET state': state,
  'GET connections': connections,
  'POST decision': ({ records }, { id }) => {
    const kept = records.find(Number(id))
    return kept && viewOf(kept, records.vends.of(kept.observed?.accessKeyId ?? ''))
  },
  'POST payload': ({ records }, { id }) => records.payload(Number(id)),
  'POST end': ({ aws }, { clientId }) => ({ ended: aws.iot.end(String(clientId)) }),
  'POST fault': async ({ aws, faults }, { name }) => {
    const fault = faults.find((one) => one.name === name)
    return fault && { said: await fault.press(aws) }
  },
  'POST ask': ({ aws }, { user, claims, operation, on }) =>
    ask(aws, { user: textOf(user), claims: objectOf(claims ?? {}), operation: textOf(operation), on: textOf(on) }),
  'POST sign-in': async ({ aws }, { user, claims }) => ({
    ...(await aws.signIn({ user: textOf(user), claims: objectOf(claims ?? {}) })),
    credentialsUrl: aws.endpoints.plain + new URL(credentialsUrl(aws)).pathname,
    endpoint: aws.endpoints.plain.replace('http:', 'ws:'),
    region: aws.region,
  }),
}

type Body = Readonly<Record<string, unknown>>

/** Answers one request of the page. */
export async function answerApi(
  inspected: Inspected,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const question = questions[`${request.method} ${path}`]
  if (question === undefined) return send(response, 404, { message: 'The API has no such path' })
  try {
    const answer = await question(inspected, await bodyOf(request))
    if (answer === undefined) return send(response, 404, { message: 'The row does not exist, or is no longer kept' })
    send(response, 200, answer)
  } catch (error) {
    const { message, code, remedy } = error as { message?: string; code?: string; remedy?: string }
    send(response, 400, { message: message ?? String(error), code, remedy })
  }
}

function state({ aws, faults }: Inspected): StateView {
  const { region, accountId, callers, stacks } = aws
  return {
    now: Date.now(),
    region,
    accountId,
    callers,
    stacks: stacks.map(({ stackName }) => stackName),
    faults: faults.map(({ name, help }) => ({ name, help })),
  }
}

function connections({ aws, records }: Inspected): ConnectionRow[] {
  return aws.iot.connections().map(({ accessKeyId, sourceIp: _, ...row }) => ({
    ...row,
    user: records.vends.of(accessKeyId)?.userId ?? nameOf(row.principal),
  }))
}

/** Pages of other origins cannot send this content type without a preflight request, which is refused. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  if (request.method !== 'POST') return {}
  if (request.headers['content-type'] !== 'application/json') throw new TypeError('Send application/json')
  const tooLarge = new TypeError('The body is too large')
  if (Number(request.headers['content-length'] ?? Number.NaN) > longestBody) throw tooLarge
  const given = await text(request)
  if (given.length > longestBody) throw tooLarge
  return objectOf(JSON.parse(given))
}

function objectOf(value: unknown): Body {
  if (isRecord(value)) return value
  throw new TypeError('Send a JSON object')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function send(response: ServerResponse, status: number, answer: object): void {
  const bytes = Buffer.isBuffer(answer)
  const type = bytes ? 'application/octet-stream' : 'application/json'
  response.writeHead(status, { 'content-type': type }).end(bytes ? answer : JSON.stringify(answer))
}
