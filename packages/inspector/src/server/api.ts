import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { isRecord } from '@topic-credentials/grants'
import type { Fault, LocalAws } from '@topic-credentials/local-aws'
import { ask, credentialsUrl } from '../questions/ask.js'
import { viewOf } from '../questions/decision-view.js'
import { nameOf, type Records } from '../records/records.js'
import type { ConnectionRow, StateView } from '../records/shapes.js'

/** What the API answers from. */
export interface Inspected {
  readonly aws: LocalAws
  readonly faults: readonly Fault[]
  readonly records: Records
}

/** An answer: JSON, or bytes. Undefined: there is no such thing. */
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

/** Answers one question of the page. */
export async function answerApi(
  inspected: Inspected,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const question = questions[`${request.method} ${path}`]
  if (question === undefined) return send(response, 404, { message: 'There is no such question' })
  try {
    const answer = await question(inspected, await bodyOf(request))
    if (answer === undefined) return send(response, 404, { message: 'It is not kept any more' })
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

/** A page that is not this one cannot send this type without asking first, and is not answered then. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  if (request.method !== 'POST') return {}
  if (request.headers['content-type'] !== 'application/json') throw new TypeError('Send application/json')
  if (Number(request.headers['content-length'] ?? Number.NaN) > longestBody) throw new TypeError('That is too much')
  const given = await text(request)
  if (given.length > longestBody) throw new TypeError('That is too much')
  return objectOf(JSON.parse(given))
}

function objectOf(value: unknown): Body {
  if (isRecord(value)) return value
  throw new TypeError('A JSON object is expected')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function send(response: ServerResponse, status: number, answer: object): void {
  const bytes = Buffer.isBuffer(answer)
  const type = bytes ? 'application/octet-stream' : 'application/json'
  response.writeHead(status, { 'content-type': type }).end(bytes ? answer : JSON.stringify(answer))
}
