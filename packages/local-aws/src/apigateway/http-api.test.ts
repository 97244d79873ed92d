import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type AccessKey, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import type { InvocationResult } from '../lambda/index.js'
import { send, type TestRequest } from '../testing/https-client.js'
import { createTlsMaterial, type TlsMaterial } from '../tls.js'
import type { Integration } from './api-state.js'
import { HttpApi } from './http-api.js'
import { parseRouteKey } from './routes/route.js'
import { Stage } from './stage.js'

const clock = { skew: 0, now: () => Date.now() + clock.skew }
const region = 'us-east-1'
const accountId = '123456789012'
let tls: TlsMaterial
let directory: Directory
let api: HttpApi
let alice: AccessKey
let session: AccessKey
const journal: JournalEntry[] = []
const accessLog: string[] = []
const permission = { allowed: true, asked: [] as object[] }
/** What the function gives next; by default its event. */
const answers: ((event: unknown) => Partial<InvocationResult> | Promise<Partial<InvocationResult>>)[] = []

const integration: Integration = {
  timeoutMilliseconds: 200,
  decide: (call) => {
    permission.asked.push(call)
    return { allowed: permission.allowed, reason: 'by the test' }
  },
  invoke: async (event) => {
    const answer = await (answers.shift() ?? ((payload) => ({ outcome: 'ok', payload })))(event)
    return { requestId: 'r', ...answer } as InvocationResult
  },
}

beforeAll(async () => {
  tls = await createTlsMaterial()
  directory = new Directory({ accountId, clock })
  const may = (Resource: string, more: object[] = []) => ({
    p: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'Call', Effect: 'Allow', Action: 'execute-api:Invoke', Resource }, ...more],
    },
  })
  alice = directory.createUser(
    'alice',
    may(`arn:aws:execute-api:${region}:${accountId}:theapi/$default/POST/credentials`),
  ).accessKey
  const role = directory.createRole({
    roleName: 'Dev',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }],
    },
    inlinePolicies: may('arn:aws:execute-api:*:*:theapi/*/POST/users/bob/*'),
  })
  session = directory.addSession({ role, sessionName: 'dev@example.com', durationSeconds: 900 })
  const settings = {
    apiId: 'theapi',
    accountId,
    region,
    clock,
    journal: (entry: JournalEntry) => journal.push(entry),
    tls,
    accessKey: (id: string) => directory.accessKey(id),
  }
  const cors = {
    allowOrigins: ['https://app.example'],
    allowMethods: ['POST'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['etag'],
    allowCredentials: true,
    maxAgeSeconds: 60,
  }
  api = await HttpApi.start({ ...settings, cors, healthId: 'this one' }, 0)
  const route = (key: string, type: 'NONE' | 'AWS_IAM') => ({
    key: parseRouteKey(key),
    authorization: { type },
    integration,
  })
  api.routes.push(
    route('POST /credentials', 'AWS_IAM'),
    route('POST /users/{userId}/credentials', 'AWS_IAM'),
    route('ANY /open', 'NONE'),
    route('GET /slow', 'NONE'),
  )
  api.stages.push(
    new Stage(
      {
        name: '$default',
        routeThrottles: { 'GET /slow': { rate: 1, burst: 1 } },
        accessLog: {
          format: '$context.routeKey $context.status $context.identity.userArn $context.nothing',
          write: (line) => accessLog.push(line),
        },
      },
      clock,
    ),
    new Stage({ name: 'beta', routeThrottles: {} }, clock),
  )
})
afterAll(() => api.close())
beforeEach(() => {
  clock.skew = 0
  permission.allowed = true
  permission.asked = []
  journal.length = 0
  accessLog.length = 0
  answers.length = 0
  Object.assign(api.faults, { throttle: false, delayMilliseconds: 0, failWith: undefined })
})

function call(path: string, options: TestRequest = {}) {
  return send(tls.ca, api.endpoint + path, { method: 'POST', ...options })
}
const forbidden = { status: 403, body: '{"message":"Forbidden"}' }

describe('IAM authorizer', () => {
  it('passes the signer to the function: an IAM user', async () => {
    const { status, body } = await call('/credentials', { key: alice })
    expect(status).toBe(200)
    expect(JSON.parse(body).requestContext.authorizer).toEqual({
      iam: {
        accessKey: alice.accessKeyId,
        accountId,
        callerId: alice.principal.userId,
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: `arn:aws:iam::${accountId}:user/alice`,
        userId: alice.principal.userId,
      },
    })
  })

  it('passes the signer to the function: a session of a role', async () => {
    const { body } = await call('/users/bob/credentials', { key: session })
    expect(JSON.parse(body)).toMatchObject({
      pathParameters: { userId: 'bob' },
      requestContext: {
        authorizer: {
          iam: {
            userArn: `arn:aws:sts::${accountId}:assumed-role/Dev/dev@example.com`,
            userId: expect.stringMatching(/^AROA\w+:dev@example\.com$/u),
          },
        },
      },
    })
  })

  it('allows by method and path, as the policy names them', async () => {
    expect(await call('/users/bob/credentials', { key: session })).toMatchObject({ status: 200 })
    expect(await call('/users/eve/credentials', { key: session })).toMatchObject(forbidden)
    expect(await call('/users/bob/credentials', { key: alice })).toMatchObject(forbidden)
    expect(await call('/credentials', { key: session })).toMatchObject(forbidden)
    expect(journal.at(-1)).toMatchObject({
      outcome: 'refused',
      principal: session.principal.arn,
      detail: expect.stringContaining('theapi/$default/POST/credentials'),
    })
  })

  it('does not let an encoded path pass for another one', async () => {
    expect(await call('/users/bob%2F..%2Feve/credentials', { key: session })).toMatchObject({ status: 404 })
    expect(await call('/users/b%6Fb/credentials', { key: session })).toMatchObject({ status: 200 })
    expect(await call('/users/%E0%A4%A/credentials', { key: session })).toMatchObject({
      status: 400,
      body: '{"message":"Bad Request"}',
    })
  })

  const tampered: [string, TestRequest][] = [
    ['no signature', {}],
    ['a wrong secret', { key: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } }],
    [
      'another body hash',
      {
        tamper: ({ headers }) => {
          headers['x-amz-content-sha256'] = '0'.repeat(64)
        },
      },
    ],
    [
      'another body',
      {
        body: '{}',
        sentBody: '{"a":1}',
        tamper: ({ headers }) => {
          headers['content-length'] = '7'
        },
      },
    ],
    ['another region', { region: 'eu-west-1' }],
    ['another service', { service: 'sts' }],
    [
      'another path',
      {
        tamper: ({ url }) => {
          url.pathname = '/users/bob/credentials'
        },
      },
    ],
    [
      'another query',
      {
        tamper: ({ url }) => {
          url.search = '?a=1'
        },
      },
    ],
    [
      'another date',
      {
        tamper: ({ headers }) => {
          headers['x-amz-date'] = '20200101T000000Z'
        },
      },
    ],
    ['an old signature', { signedAt: new Date(Date.now() - 6 * 60_000) }],
    ['a signature for later', { signedAt: new Date(Date.now() + 6 * 60_000) }],
  ]
  it.each(tampered)('refuses %s, and not the same request without it', async (name, options) => {
    const key = name === 'no signature' ? {} : { key: options.key ?? alice }
    expect(await call('/credentials', { ...options, ...key })).toMatchObject(forbidden)
    expect(await call('/credentials', { key: alice })).toMatchObject({ status: 200 })
  })

  it('refuses a session without its token, with a foreign one, and once it has expired', async () => {
    const { accessKeyId, secretAccessKey } = session
    const other = directory.addSession({
      role: directory.role('Dev') ?? (undefined as never),
      sessionName: 'other',
      durationSeconds: 900,
    })
    const path = '/users/bob/credentials'
    expect(await call(path, { key: { accessKeyId, secretAccessKey } })).toMatchObject(forbidden)
    expect(
      await call(path, { key: { accessKeyId, secretAccessKey, sessionToken: other.sessionToken ?? '' } }),
    ).toMatchObject(forbidden)
    expect(await call(path, { key: other })).toMatchObject({ status: 200 })
    directory.expire(other.accessKeyId)
    expect(await call(path, { key: other })).toMatchObject(forbidden)
    expect(journal.at(-1)).toMatchObject({ detail: expect.stringContaining('ExpiredToken') })
  })

  it('keeps identity headers of the client out of the authorizer', async () => {
    const headers = {
      'x-amzn-iam-userarn': 'arn:aws:iam::1:user/root',
      'requestcontext.authorizer.iam.userarn': 'root',
      'x-forwarded-for': '6.6.6.6',
    }
    const { body } = await call('/credentials', { key: alice, headers })
    const { requestContext, headers: seen } = JSON.parse(body)
    expect(requestContext.authorizer.iam.userArn).toBe(`arn:aws:iam::${accountId}:user/alice`)
    expect(requestContext.http.sourceIp).toBe('127.0.0.1')
    expect(seen['x-forwarded-for']).toBe('6.6.6.6, 127.0.0.1')
    const open = JSON.parse((await call('/open', { headers })).body)
    expect(open.requestContext).not.toHaveProperty('authorizer')
  })

  it('sends the time of its own clock, so that a client can correct its own', async () => {
    clock.skew = 3_600_000
    const { headers, status } = await call('/credentials', { key: alice })
    expect(status).toBe(403)
    expect(Math.abs(Date.parse(headers.date ?? '') - clock.now())).toBeLessThan(5_000)
  })
})

describe('payload format 2.0', () => {
  it('is built from the request', async () => {
    const { body } = await send(tls.ca, `${api.endpoint}/open?a=1&b=x%20y&a=2&empty`, {
      method: 'PUT',
      headers: {
        'X-Custom': 'as it is',
        cookie: 'one=1; two=2',
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'test',
      },
      body: '{"k":"ü"}',
    })
    expect(JSON.parse(body)).toEqual({
      version: '2.0',
      routeKey: 'ANY /open',
      rawPath: '/open',
      rawQueryString: 'a=1&b=x%20y&a=2&empty',
      cookies: ['one=1', 'two=2'],
      headers: {
        'content-length': '10',
        'content-type': 'application/json; charset=utf-8',
        host: `localhost:${api.port}`,
        'user-agent': 'test',
        'x-custom': 'as it is',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { a: '1,2', b: 'x y', empty: '' },
      requestContext: {
        accountId,
        apiId: 'theapi',
        domainName: 'localhost',
        domainPrefix: 'localhost',
        http: { method: 'PUT', path: '/open', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.any(String),
        routeKey: 'ANY /open',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/u),
        timeEpoch: expect.any(Number),
      },
      body: '{"k":"ü"}',
      isBase64Encoded: false,
    })
  })

  it('carries every body but texts in base64', async () => {
    const { body } = await call('/open', {
      body: Buffer.from([0, 255]),
      headers: { 'content-type': 'application/octet-stream' },
    })
    expect(JSON.parse(body)).toMatchObject({ body: 'AP8=', isBase64Encoded: true })
  })

  it('names the stage in the path', async () => {
    const { body } = await call('/beta/open')
    expect(JSON.parse(body)).toMatchObject({
      rawPath: '/beta/open',
      requestContext: { stage: 'beta', http: { path: '/beta/open' } },
    })
  })

  it.each([{ headers: { 'x-a': '\u{1f600}' } }, { cookies: ['a=1\r\nx: y'] }])(
    'lives through a response that cannot be sent: %j',
    async (odd) => {
      answers.push(() => ({ outcome: 'ok', payload: { statusCode: 200, ...odd } }))
      expect(await call('/open')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' })
      expect(await call('/open')).toMatchObject({ status: 200 })
    },
  )

  it('hands the response on', async () => {
    answers.push(() => ({
      outcome: 'ok',
      payload: { statusCode: 418, headers: { 'x-a': 'b' }, cookies: ['a=1', 'b=2'], body: 'short' },
    }))
    const { status, headers, body } = await call('/open')
    expect({ status, body, a: headers['x-a'], cookies: headers['set-cookie'] }).toEqual({
      status: 418,
      body: 'short',
      a: 'b',
      cookies: ['a=1', 'b=2'],
    })
    expect(headers['apigw-requestid']).toMatch(/^.{15}=$/u)
  })
})

describe('what the API answers itself', () => {
  const failures = [
    [
      'a thrown error',
      { outcome: 'failed', kind: 'handled', errorType: 'E', errorMessage: 'inner secret' },
      500,
      'Internal Server Error',
    ],
    [
      'a timeout',
      { outcome: 'failed', kind: 'timeout', errorType: 'E', errorMessage: 'inner secret' },
      500,
      'Internal Server Error',
    ],
    ['a crash', { outcome: 'failed', kind: 'crash', errorType: 'E', errorMessage: 'inner secret' }, 502, 'Bad Gateway'],
    [
      'a throttled function',
      { outcome: 'failed', kind: 'throttled', errorType: 'E', errorMessage: 'inner secret' },
      503,
      'Service Unavailable',
    ],
    ['no HTTP response', { outcome: 'ok', payload: { statusCode: 'inner secret' } }, 500, 'Internal Server Error'],
  ] as const
  it.each(failures)('%s: the response contains the status and not the reason', async (_, result, status, text) => {
    answers.push(() => result)
    expect(await call('/open')).toMatchObject({ status, body: JSON.stringify({ message: text }) })
    expect(journal.at(-1)).toMatchObject({ outcome: 'failed', fields: { status } })
  })

  it('a function that does not answer in time', async () => {
    answers.push(() => new Promise(() => {}))
    expect(await call('/open')).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' })
  })

  it('asks the function for leave, as API Gateway and for the route', async () => {
    permission.allowed = false
    expect(await call('/credentials', { key: alice })).toMatchObject({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    })
    expect(permission.asked).toEqual([
      {
        principal: 'apigateway.amazonaws.com',
        sourceArn: `arn:aws:execute-api:${region}:${accountId}:theapi/$default/POST/credentials`,
        sourceAccount: accountId,
      },
    ])
  })

  it.each(['/', '/nothing', '/credentials/', '/_local', '/x%2Fcredentials'])('404 for %s', async (path) => {
    expect(await call(path, { key: alice })).toMatchObject({ status: 404, body: '{"message":"Not Found"}' })
  })

  it('413 for a body over 10 MB, and for one that no event can carry', async () => {
    for (const size of [10 * 1024 * 1024 + 1, 7 * 1024 * 1024]) {
      expect(await call('/open', { body: 'x'.repeat(size), headers: { 'content-type': 'text/plain' } })).toMatchObject({
        status: 413,
      })
    }
    expect(
      await call('/open', { body: 'x'.repeat(1024 * 1024), headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({ status: 200 })
  })

  it('431 for more than 10,240 bytes of headers', async () => {
    expect(await call('/open', { headers: { 'x-long': 'x'.repeat(10_240) } })).toMatchObject({ status: 431 })
    expect(await call('/open', { headers: { 'x-long': 'x'.repeat(9_000) } })).toMatchObject({ status: 200 })
  })

  it('429 beyond the throttle of a route, until its clock has moved on', async () => {
    const get = () => call('/slow', { method: 'GET' })
    expect(await get()).toMatchObject({ status: 200 })
    expect(await get()).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' })
    expect(await call('/open')).toMatchObject({ status: 200 })
    clock.skew = 2_000
    expect(await get()).toMatchObject({ status: 200 })
  })

  it('faults: throttled, failing, delayed', async () => {
    api.faults.throttle = true
    expect(await call('/open')).toMatchObject({ status: 429 })
    api.faults.throttle = false
    api.faults.failWith = 503
    expect(await call('/open')).toMatchObject({ status: 503 })
    api.faults.failWith = undefined
    api.faults.delayMilliseconds = 50
    const startedAt = performance.now()
    expect(await call('/open')).toMatchObject({ status: 200 })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49)
  })

  it('its health check, which needs no route', async () => {
    expect(await call('/_local/health', { method: 'GET' })).toMatchObject({ status: 200, body: '{"id":"this one"}' })
  })

  it('a line of access log per request that found its route', async () => {
    await call('/credentials', { key: alice })
    await call('/credentials')
    await call('/nothing')
    expect(accessLog).toEqual([
      `POST /credentials 200 arn:aws:iam::${accountId}:user/alice -`,
      'POST /credentials 403 - -',
    ])
  })
})

describe('CORS', () => {
  const preflight = (origin: string) =>
    call('/credentials', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

  it('answers a preflight without authorizer or function', async () => {
    expect(await preflight('https://app.example')).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '60',
      },
    })
    expect(journal).toEqual([])
  })

  it('gives another origin nothing', async () => {
    const { headers } = await preflight('https://evil.example')
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it("puts its own headers in place of the function's", async () => {
    answers.push(() => ({
      outcome: 'ok',
      payload: { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } },
    }))
    const { headers } = await call('/open', { headers: { origin: 'https://app.example' } })
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-expose-headers': 'etag',
    })
    answers.push(() => ({
      outcome: 'ok',
      payload: { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } },
    }))
    expect((await call('/open', { headers: { origin: 'https://evil.example' } })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })
})
