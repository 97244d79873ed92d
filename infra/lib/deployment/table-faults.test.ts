import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { signedCalls } from '@topic-credentials/access'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { AccessKey } from '@topic-credentials/local-aws/iam'
import { Assembly, synthesize } from '../testing/assembly.js'

/** The outcomes of docs/access.md over HTTP: the responses while the table is down, throttled, slow, or sends invalid responses. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

let aws: LocalAws
let users = 0

interface Told {
  readonly status: number
  readonly code?: string
  readonly retryAfter?: unknown
}

const keys = new Map<string, AccessKey>()

async function vendAt(at: LocalAws, userName: string): Promise<Told> {
  const credentials = keys.get(userName) ?? at.createUser(userName)
  keys.set(userName, credentials)
  const url = new URL(String(at.outputs.TopicCredentials?.CredentialsUrl))
  const call = signedCalls({
    service: 'execute-api',
    region: at.region,
    endpoint: url.origin,
    credentials,
    ca: at.ca,
  })
  const { status, headers, body } = await call({
    path: url.pathname,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    longestAnswer: 1024 * 1024,
    signal: AbortSignal.timeout(30_000),
  })
  const { code } = JSON.parse(body) as { code?: string }
  return { status, ...(code === undefined ? {} : { code, retryAfter: headers['retry-after'] }) }
}

/** A user whose items were not read before. */
function stranger(): Promise<Told> {
  users += 1
  return vendAt(aws, `stranger${users}`)
}

describe('with a cache of 300 s, a table that', () => {
  beforeAll(async () => {
    aws = await startLocalAws({ assembly: synthesize('cached', { cacheSeconds: '300' }), triggers: false })
    expect(await vendAt(aws, 'known')).toEqual({ status: 200 })
  })
  afterAll(async () => aws?.close())

  const later = { status: 503, code: 'access_unavailable' }
  const tries = 2
  it.each([
    ['fails', () => aws.faults.dynamodb?.fail(tries), { ...later, retryAfter: '2' }],
    ['throttles', () => aws.faults.dynamodb?.throttle(tries), { ...later, retryAfter: '5' }],
    ['answers rubbish', () => aws.faults.dynamodb?.garble(tries), { ...later, retryAfter: '2' }],
    ['hangs up', () => aws.faults.dynamodb?.loseAnswers(tries), { ...later, retryAfter: '2' }],
    ['is slow', () => aws.faults.dynamodb?.delay(3_000), { ...later, retryAfter: '2' }],
    ['is down', () => aws.faults.outage('dynamodb', 'unavailable'), { ...later, retryAfter: '2' }],
  ])('%s gives strangers nothing and those it knows what they had, and then is well again', async (_, fail, told) => {
    fail()
    expect(await stranger()).toEqual(told)
    fail()
    expect(await vendAt(aws, 'known')).toEqual({ status: 200 })
    aws.faults.dynamodb?.delay(0)
    aws.faults.outage('dynamodb', undefined)
    for (const heal of ['fail', 'throttle', 'garble', 'loseAnswers'] as const) aws.faults.dynamodb?.[heal](0)
    expect(await stranger()).toEqual({ status: 200 })
  })

  it('leaves keys unprocessed receives another request for them', async () => {
    aws.faults.dynamodb?.leaveUnprocessed(1)
    expect(await stranger()).toEqual({ status: 200 })
  })
})

it('the table of another stack is refused to the function by IAM, and nothing is vended', async () => {
  const assembly = Assembly.copyOf(synthesize('cached', { cacheSeconds: '300' }))
  assembly.template((resources) => {
    const [, own] = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::DynamoDB::Table') ?? []
    if (own === undefined) throw new Error('There is no table')
    resources.AnotherTable = { ...own }
    for (const { Properties } of Object.values(resources)) {
      const { Variables } = Object(Object(Properties).Environment)
      if (Variables?.IOT_ENDPOINT !== undefined) Variables.ACCESS_TABLE = { Ref: 'AnotherTable' }
    }
  })
  await using other = await startLocalAws({ assembly: assembly.directory, triggers: false })
  expect(await vendAt(other, 'alice')).toEqual({ status: 502, code: 'access_unusable' })
})
