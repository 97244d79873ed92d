import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { HttpRequest } from '@smithy/protocol-http'
import { type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import fc from 'fast-check'
import { stackWith } from '../testing/account/stack-variant.js'
import { SignedRequests } from '../testing/wire/signed-requests.js'

/** Callers with a valid key who try to get the credentials of other users, over the wire. */

// On a busy machine this takes longer than jest's five seconds.
jest.setTimeout(300_000)

const journal: JournalEntry[] = []
let assembly: string
let aws: LocalAws
let wire: SignedRequests
let alice: LocalAws['developer']

beforeAll(async () => {
  assembly = await stackWith({ deployCheck: 'false', rateLimit: '100000', burstLimit: '100000' })
  aws = await startLocalAws({ assembly, journal: (entry) => journal.push(entry) })
  wire = new SignedRequests(aws)
  alice = aws.createUser('alice')
})
afterAll(async () => {
  wire.close()
  await aws.close()
  rmSync(assembly, { recursive: true })
})

const path = '/credentials'
function vends() {
  return journal.filter(({ event, outcome }) => event === 'AssumeRole' && outcome === 'ok').length
}
let before = 0
beforeEach(() => {
  before = vends()
})
/** After each attempt, a legitimate caller is still served. */
afterEach(async () => {
  aws.faults.skewClock(0)
  expect(await wire.ask(alice, { path })).toMatchObject({ status: 200, answer: { userId: 'alice' } })
})

describe('a forged identity', () => {
  it.each([
    ['headers', { headers: { 'x-user-id': 'admin', 'x-amzn-iam-user-arn': 'arn:aws:iam::123456789012:user/admin' } }],
    [
      'headers that API Gateway might set',
      { headers: { 'x-amzn-requestcontext': '{"authorizer":{"iam":{"userArn":"admin"}}}' } },
    ],
    ['a second Authorization', { headers: { 'x-authorization': 'Bearer admin', 'x-forwarded-user': 'admin' } }],
    ['the query', { query: { userId: 'admin', sub: 'admin' } }],
  ])('in %s has no effect: the signer is served', async (_, forged) => {
    const { status, answer } = await wire.ask(alice, { path, ...forged })
    expect(status).toBe(200)
    expect(answer).toMatchObject({ userId: 'alice', clientIdPrefix: 'alice:' })
    expect(JSON.stringify(answer)).not.toContain('admin')
  })

  it.each([
    ['a user', '{"userId":"admin"}'],
    ['claims', '{"claims":{"groups":["operators"]}}'],
    ['an authorizer', '{"requestContext":{"authorizer":{"jwt":{"claims":{"sub":"admin"}}}}}'],
    ['a role', '{"roleArn":"arn:aws:iam::123456789012:role/admin"}'],
  ])('in the body is refused as an unknown key: %s', async (_, body) => {
    expect(await wire.ask(alice, { path, body })).toMatchObject({ status: 400, answer: { code: 'unknown_key' } })
    expect(vends()).toBe(before)
  })

  it('with the access key ID of another caller is refused', async () => {
    const request = await wire.signed(alice, { path })
    const authorization = request.headers.authorization?.replace(alice.accessKeyId, aws.developer.accessKeyId) ?? ''
    expect((await wire.send(changed(request, { headers: { ...request.headers, authorization } }))).status).toBe(403)
    expect(vends()).toBe(before)
  })
})

describe('another user’s path', () => {
  const forUser = (name: string) => `/users/${name}/credentials`
  let folder: string
  let theirs: LocalAws
  let backends: SignedRequests
  beforeAll(async () => {
    folder = await stackWith({ backends: 'true', deployCheck: 'false' })
    theirs = await startLocalAws({ assembly: folder, journal: (entry) => journal.push(entry) })
    backends = new SignedRequests(theirs)
  })
  afterAll(async () => {
    backends.close()
    await theirs.close()
    rmSync(folder, { recursive: true })
  })

  it('is allowed only for callers whose policy names it', async () => {
    const Resource = `arn:aws:execute-api:*:*:*/$default/POST/users/carol/credentials`
    const backend = theirs.createUser('backend', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }],
    })
    expect(await backends.ask(backend, { path: forUser('carol') })).toMatchObject({
      status: 200,
      answer: { userId: 'carol' },
    })
    const served = vends()
    for (const other of [
      forUser('bob'),
      forUser('%62ob'),
      forUser('carol/../bob'),
      forUser('carol%2F..%2Fbob'),
      path,
    ]) {
      // 404: no route has dots in its path.
      expect([403, 404]).toContain((await backends.ask(backend, { path: other })).status)
    }
    expect(vends()).toBe(served)
  })

  it.each(['a%2F%23', '%F0%9F'])('with an invalid name (%s) is refused', async (name) => {
    const { status, answer } = await backends.ask(theirs.developer, { path: forUser(name) })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(answer).not.toHaveProperty('credentials')
    expect(vends()).toBe(before)
  })

  it.each(['%00', '%2B'])(
    'with a name that is not allowed in a topic (%s) gets only the topics of all users',
    async (name) => {
      const { status, answer } = await backends.ask(theirs.developer, { path: forUser(name) })
      expect(status).toBe(200)
      expect(answer).toMatchObject({
        grants: { publish: ['test'], subscribe: ['test'] },
        dropped: [{ rule: 'entitlements[1]' }],
      })
    },
  )

  it('is required if backends identify users: an IAM user with the name of a user is refused', async () => {
    const carol = theirs.createUser('carol')
    expect(await backends.ask(carol, { path })).toMatchObject({ status: 403, answer: { code: 'caller_not_supported' } })
    expect(vends()).toBe(before)
  })
})

/**
 * AWS accepts a signature for five minutes, any number of times, because SigV4 has no nonce.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
describe('a signed request that is sent again', () => {
  it('is accepted as the same caller’s for five minutes, and refused afterwards', async () => {
    const request = await wire.signed(alice, { path, body: '{"subscribe":["test"]}' })
    expect(await wire.send(request)).toMatchObject({ status: 200, answer: { userId: 'alice' } })
    aws.faults.skewClock(290_000)
    expect(await wire.send(request)).toMatchObject({ status: 200, answer: { userId: 'alice' } })
    aws.faults.skewClock(310_000)
    const served = vends()
    const late = await wire.send(request)
    expect(late.status).toBe(403)
    expect(late.answer).not.toHaveProperty('credentials')
    aws.faults.skewClock(-310_000)
    expect((await wire.send(request)).status).toBe(403)
    expect(vends()).toBe(served)
  })

  it.each([
    ['another body', { body: '{"subscribe":["users/alice/#"]}' }],
    ['another path', { path: '/users/bob/credentials' }],
    ['another query', { query: { a: 'b' } }],
    ['another method', { method: 'PUT' }],
  ])('with %s is refused', async (_, change) => {
    const request = await wire.signed(alice, { path, body: '{"subscribe":["test"]}' })
    // 404 for the method that has no route.
    expect([403, 404]).toContain((await wire.send(changed(request, change))).status)
    expect(vends()).toBe(before)
    expect((await wire.send(request)).status).toBe(200)
  })
})

describe('a body', () => {
  it.each([
    ['a megabyte', 'a'.repeat(1_048_576), 400],
    ['more bytes than API Gateway accepts', 'a'.repeat(10 * 1_048_576 + 1), 413],
    ['deep nesting', '['.repeat(16_000), 400],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe, 0x00]), 400],
    ['a list of the maximum length', `{"subscribe":[${'"test",'.repeat(2_000)}"test"]}`, 400],
  ])('with %s is refused', async (_, body, status) => {
    const { answer, ...got } = await wire.ask(alice, { path, body })
    expect(got.status).toBe(status)
    expect(answer).not.toHaveProperty('credentials')
    expect(vends()).toBe(before)
  })

  it('with random content (a thousand times) is refused with a code, or vends only what is granted', async () => {
    const topics = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('#', '+', 'other', 'users/bob/x')))
    const key = fc.constantFrom('publish', 'subscribe', 'retain', 'durationSeconds', '__proto__', 'userId')
    const body = fc.oneof(
      fc.dictionary(key, topics, { minKeys: 1 }).map((value) => JSON.stringify(value)),
      fc.json(),
      fc.uint8Array({ minLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const count = vends()
        const { status, answer } = await wire.ask(alice, { path, body: sent })
        if (status === 200) {
          // `{}` requests all that alice is entitled to.
          expect(answer.userId).toBe('alice')
          return
        }
        expect([400, 403, 413]).toContain(status)
        expect(answer.code).toMatch(/^[a-z_]+$/u)
        expect(vends()).toBe(count)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('after all attempts', () => {
  it('the function has not crashed, and no log contains a secret', async () => {
    const name = String(aws.outputs.TopicCredentials?.FunctionName)
    const lines = aws
      .logs(name)
      .map(({ message }) => JSON.parse(message) as { type?: string; record?: { status?: string } })
    const reports = lines.filter(({ type }) => type === 'platform.report')
    expect(reports.length).toBeGreaterThan(1_000)
    expect(reports.filter(({ record }) => record?.status !== 'success')).toEqual([])
    const { answer } = await wire.ask(alice, { path })
    const { secretAccessKey, sessionToken } = answer.credentials as Record<string, string>
    const written = JSON.stringify([journal, [...aws.functions.keys()].flatMap((each) => aws.logs(each))])
    for (const secret of [secretAccessKey, sessionToken, alice.secretAccessKey]) expect(written).not.toContain(secret)
    expect(written).not.toMatch(/"(secretAccessKey|sessionToken)":/u)
  })
})

/** The request with a change, and with the original signature. */
function changed(request: HttpRequest, change: Partial<HttpRequest>): HttpRequest {
  return Object.assign(HttpRequest.clone(request), change)
}
