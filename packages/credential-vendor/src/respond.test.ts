import { describe, expect, it, jest } from '@jest/globals'
import { parseEntitlements, parseProblem, parseVendResponse } from '@topic-credentials/grants'
import { requireContract } from '@topic-credentials/grants/testing/contract'
import fc from 'fast-check'
import { VendError } from './errors.js'
import type { IdentitySettings, Prover } from './identity/settings.js'
import { jsonLog } from './log/log.js'
import bodies from './respond.cases.json' with { type: 'json' }
import { respondWith, type VendEvent } from './respond.js'
import type { AssumeRole, StsSessionRequest } from './sts/assume-role.js'
import { iamUsers } from './testing/events.js'
import { vended } from './testing/fake-sts.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

const accountId = '123456789012'
const alice = { iam: { userArn: `arn:aws:iam::${accountId}:user/alice` } }
const entitlements = parseEntitlements({
  entitlements: [{ publish: ['test'], subscribe: ['test', 'users/${userId}/#'] }],
})
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 10_000 }

function testFunction(assumeRole?: AssumeRole, identity: IdentitySettings = iamUsers) {
  const asked: StsSessionRequest[] = []
  const lines: string[] = []
  let milliseconds = 0
  const respond = respondWith(
    {
      roleArn: `arn:aws:iam::${accountId}:role/sts-sample-role`,
      partition: 'aws',
      endpoint: 'x-ats.iot.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      accountId,
      dense: true,
      apiId: 'api',
      entitlements,
      assumeRole: async (request, signal) => {
        asked.push(request)
        if (assumeRole !== undefined) return assumeRole(request, signal)
        return { ...vended, expiration: new Date(vended.expiration), packedPolicySize: 12 }
      },
    },
    identity,
    jsonLog(
      (line) => lines.push(line),
      () => new Date(0),
      () => ({}),
    ),
    () => (milliseconds += 7),
  )
  const send = async (event: Partial<VendEvent>) => {
    const requestContext = { apiId: 'api', requestId: 'api-1', authorizer: alice }
    const answer = await respond({ routeKey: 'POST /credentials', requestContext, ...event }, context)
    requireContract(event.routeKey, answer)
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> }
  }
  return { respond, send, asked, lines, log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('the response', () => {
  it('is readable for the client, and not cacheable', async () => {
    const answer = await testFunction().send({ body: '{"subscribe":["test"]}' })
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
    expect(parseVendResponse(answer.json)).toMatchObject({ userId: 'alice', clientIdPrefix: 'alice:' })
  })

  it('to GET has the format of the AWS SDKs’ container credentials', async () => {
    const { json } = await testFunction().send({ routeKey: 'GET /credentials', body: 'not looked at' })
    expect(json).toEqual({
      AccessKeyId: vended.accessKeyId,
      SecretAccessKey: vended.secretAccessKey,
      Token: vended.sessionToken,
      Expiration: vended.expiration,
    })
  })

  it('to a backend is for the user in the path', async () => {
    const { send, asked } = testFunction(undefined, { ...iamUsers, provers: new Set<Prover>(['backend']) })
    const backend = { iam: { userArn: `arn:aws:sts::${accountId}:assumed-role/Backend/i-1` } }
    const { json } = await send({
      routeKey: 'POST /users/{userId}/credentials',
      pathParameters: { userId: 'bob' },
      requestContext: { apiId: 'api', authorizer: backend },
    })
    expect(json).toMatchObject({ userId: 'bob', grants: { subscribe: ['test', 'users/bob/#'] } })
    expect(asked[0]?.sessionName).toBe('bob')
  })

  it.each([
    ['of another API, with any caller', { apiId: 'somebody-else' }],
    ['of no API', {}],
  ])('to an event %s is a refusal without a call of STS', async (_, origin) => {
    const { send, asked } = testFunction()
    const answer = await send({ requestContext: { ...origin, authorizer: alice } })
    expect(answer).toMatchObject({ statusCode: 403, json: { code: 'caller_not_supported' } })
    expect(answer.json.remedy).toBe('Call the API in the output CredentialsUrl of the stack.')
    expect(asked).toEqual([])
    expect((await send({ requestContext: { apiId: 'api', authorizer: alice } })).statusCode).toBe(200)
  })

  it('to a refused caller is a problem document, and names the request', async () => {
    const answer = await testFunction().send({ requestContext: { apiId: 'api', authorizer: undefined } })
    expect(answer).toMatchObject({
      statusCode: 403,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      json: { code: 'caller_not_supported', status: 403, requestId: 'request-1' },
    })
    expect(parseProblem(answer.json)).toBeDefined()
  })

  it('to a throttled caller has the time of the next attempt', async () => {
    const throttled: AssumeRole = async () => {
      throw new VendError('throttled', 'Later.', { retryAfterSeconds: 5, remedy: 'Wait.' })
    }
    expect(await testFunction(throttled).send({})).toMatchObject({ statusCode: 429, headers: { 'retry-after': '5' } })
  })

  it('to an internal failure has no details, which are only in the log', async () => {
    const { send, log } = testFunction(async () => {
      throw new TypeError('x of undefined')
    })
    const answer = await send({})
    expect(answer).toMatchObject({ statusCode: 500, json: { code: 'internal' } })
    expect(answer.body).not.toContain('undefined')
    expect(log()).toEqual([
      expect.objectContaining({ level: 'ERROR', reason: expect.stringContaining('x of undefined') }),
    ])
  })
})

it('a body that is nested too deeply for JSON.stringify is a client error and raises no alarm', async () => {
  const { send, log } = testFunction()
  const deep = `${'['.repeat(6_000)}${']'.repeat(6_000)}`
  const answer = await send({ body: `{"durationSeconds":${deep}}` })
  expect(answer).toMatchObject({ statusCode: 400, json: { code: 'invalid_duration' } })
  expect(log()).toEqual([expect.objectContaining({ level: 'WARN', outcome: 'invalid_duration' })])
  for (const body of [`{"publish":${deep}}`, `{"publish":[${deep}]}`, deep, `{"x":${deep}}`]) {
    expect((await send({ body })).statusCode).toBe(400)
  }
})

describe('the log', () => {
  it('contains the caller and the vended grants', async () => {
    const { send, log } = testFunction()
    await send({ body: '{"subscribe":["test"]}' })
    expect(log()).toEqual([
      {
        timestamp: '1970-01-01T00:00:00.000Z',
        level: 'INFO',
        requestId: 'request-1',
        apiRequestId: 'api-1',
        route: 'POST /credentials',
        outcome: 'vended',
        status: 200,
        userId: 'alice',
        prover: 'iam',
        provenBy: alice.iam.userArn,
        sessionName: 'alice',
        grants: { publish: [], subscribe: ['test'], retain: [] },
        accessKeyId: vended.accessKeyId,
        expiration: vended.expiration,
        policyCharacters: expect.any(Number),
        policyForm: 'full',
        packedPolicySize: 12,
        milliseconds: 7,
      },
    ])
  })

  it('contains the caller and the refusal', async () => {
    const { send, log } = testFunction()
    await send({ body: '{"subscribe":["other"]}' })
    expect(log()).toMatchObject([
      {
        level: 'WARN',
        outcome: 'not_entitled',
        status: 403,
        userId: 'alice',
        reason: 'Subscribing to "other" is not granted; the nearest grant is subscribe "test".',
      },
    ])
  })
})

describe('hostile bodies', () => {
  it.each(bodies)('$name', async ({ body, repeat, status, code }) => {
    const { send, asked } = testFunction()
    const answer = await send({ body: repeat === undefined ? body : body.repeat(repeat) })
    expect({ status: answer.statusCode, code: answer.json.code }).toEqual({ status, code })
    expect(asked).toEqual([])
    expect(await send({ body: '{"subscribe":["test"]}' })).toMatchObject({ statusCode: 200 })
  })

  it('10,000 random bodies: refused with a code, nothing vended, no secret logged', async () => {
    const { send, asked, lines } = testFunction()
    const filter = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('#', '+', '*', 'test/#', '${aws:userid}', '$aws/#'),
    )
    const lists = fc.oneof(fc.array(filter, { minLength: 1 }), fc.anything())
    const bodyLike = fc.dictionary(
      fc.constantFrom('publish', 'subscribe', 'retain', 'durationSeconds', '__proto__', 'userId'),
      lists,
      { minKeys: 1 },
    )
    const body = fc.oneof(
      { weight: 4, arbitrary: bodyLike.map((value) => JSON.stringify(value)) },
      { weight: 2, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
    )
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (text, isBase64Encoded) => {
        const before = asked.length
        const answer = await send({ body: text, isBase64Encoded })
        // A valid request for granted topics, or for everything, is vended: `{}`, `{"publish":["test"]}`.
        if (answer.statusCode === 200) {
          const { grants } = parseVendResponse(answer.json)
          for (const granted of [...grants.publish, ...grants.subscribe]) {
            expect(granted).toMatch(/^(test|users\/alice\/.*)$/u)
          }
          return
        }
        expect(answer.statusCode).toBeGreaterThanOrEqual(400)
        expect(answer.statusCode).toBeLessThan(500)
        expect(parseProblem(answer.json)).toMatchObject({ code: answer.json.code })
        expect(asked).toHaveLength(before)
      }),
      { numRuns: 10_000 },
    )
    const log = lines.join('')
    expect(lines.length).toBeGreaterThanOrEqual(10_000)
    expect(log).not.toContain(vended.secretAccessKey)
    expect(log).not.toContain(vended.sessionToken)
  })
})

describe('events that API Gateway does not send', () => {
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 10_000 }

  it.each([
    null,
    7,
    'x',
    [],
    {},
    { requestContext: null },
    { requestContext: { apiId: 'api', authorizer: { iam: null } } },
  ])('%j gets a response, and nothing is vended', async (event) => {
    const { respond, asked } = testFunction()
    const answer = await respond(event as unknown as VendEvent, context)
    requireContract(undefined, answer)
    expect(answer.statusCode).toBe(403)
    expect(asked).toEqual([])
  })

  it('any other event gets a response as well', async () => {
    const { respond, asked } = testFunction()
    const part = fc.anything({ maxDepth: 2 })
    const requestContext = fc.oneof(part, fc.record({ apiId: fc.constant('api'), authorizer: part }))
    const event = fc.record(
      { routeKey: part, body: part, isBase64Encoded: part, requestContext, pathParameters: part },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(event, fc.jsonValue()), async (any) => {
        const answer = await respond(any as unknown as VendEvent, context)
        requireContract(undefined, answer)
        expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      }),
      { numRuns: 2000 },
    )
    expect(asked).toEqual([])
  })
})

describe('secrets', () => {
  it('are only in the response', async () => {
    const { send, lines } = testFunction()
    expect((await send({})).body).toContain(vended.secretAccessKey)
    expect(lines.join('')).toContain(vended.accessKeyId)
    expect(lines.join('')).not.toMatch(/secret-access-key|session-token/u)
  })
})

it('the contract refuses a response with missing fields or with a code of another status', () => {
  const headers = { 'content-type': 'application/problem+json' }
  const body = JSON.stringify({ code: 'not_entitled', status: 400 })
  expect(() => requireContract('POST /credentials', { statusCode: 400, headers, body })).toThrow('400')
  const json = { 'content-type': 'application/json' }
  expect(() => requireContract('POST /credentials', { statusCode: 200, headers: json, body: '{}' })).toThrow('200')
  expect(() => requireContract('POST /credentials', { statusCode: 418, headers: json, body: '{}' })).toThrow('no 418')
})
