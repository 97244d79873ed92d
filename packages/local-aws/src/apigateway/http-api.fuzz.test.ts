import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Directory } from '../iam/index.js'
import { fuzz, fuzzTimeout } from '../testing/fuzz.js'
import { send } from '../testing/https-client.js'
import { createTlsMaterial, type TlsMaterial } from '../tls.js'
import { HttpApi } from './http-api.js'
import { parseRouteKey } from './routes/route.js'
import { Stage } from './stage.js'

let tls: TlsMaterial
let api: HttpApi
let invoked = 0

beforeAll(async () => {
  tls = await createTlsMaterial()
  const clock = { now: () => Date.now() }
  const directory = new Directory({ accountId: '123456789012', clock })
  directory.createUser('somebody')
  api = await HttpApi.start(
    {
      apiId: 'api',
      accountId: '123456789012',
      region: 'us-east-1',
      clock,
      journal: () => {},
      tls,
      accessKey: (id) => directory.accessKey(id),
    },
    0,
  )
  const integration = {
    timeoutMilliseconds: 1000,
    decide: () => ({ allowed: true, reason: '' }),
    invoke: async (payload: unknown) => {
      invoked += 1
      return { outcome: 'ok', requestId: '', payload } as const
    },
  }
  for (const key of ['POST /credentials', 'ANY /users/{id}', '$default']) {
    api.routes.push({ key: parseRouteKey(key), authorization: { type: 'AWS_IAM' }, integration })
  }
  api.stages.push(new Stage({ name: '$default', routeThrottles: {} }, clock))
})
afterAll(() => api.close())

/** Sends bytes unchanged; resolves with the whole response. */
function exchange(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: api.port, host: '127.0.0.1', servername: 'localhost', ca: tls.ca }, () =>
      socket.end(bytes),
    )
    let text = ''
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

const bytes = fc.uint8Array({ maxLength: 400 })
const word = fc.string({ unit: 'binary', maxLength: 40 })
const header = fc.tuple(
  fc.constantFrom(
    'authorization',
    'x-amz-date',
    'x-amz-security-token',
    'host',
    'content-length',
    'content-type',
    'cookie',
    'transfer-encoding',
    'origin',
    'x',
  ),
  fc.oneof(
    word,
    fc.constantFrom(
      'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00',
      '-1',
      '1e9',
      'chunked',
      '=;=;',
    ),
  ),
)
const request = fc
  .tuple(
    fc.constantFrom('POST', 'GET', 'OPTIONS', 'HEAD', 'TRACE'),
    fc.oneof(fc.webPath(), word),
    fc.oneof(fc.webQueryParameters(), word),
    fc.array(header, { maxLength: 6 }),
    word,
  )
  .map(([method, path, query, headers, body]) =>
    Buffer.from(
      `${method} /${path}?${query} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    ),
  )

const campaign = { subject: 'HTTP requests to the API', cases: 250 }

describe('whatever is sent to the API', () => {
  it(
    'is answered by a refusal or not at all, reaches no function, and the API lives on',
    async () => {
      const property = fc.asyncProperty(fc.oneof(bytes, request), async (message) => {
        for (const [, status] of (await exchange(message)).matchAll(/^HTTP\/1\.1 (\d+)/gmu)) {
          expect(['400', '403', '404', '408', '413', '431']).toContain(status)
        }
        expect(invoked).toBe(0)
      })
      await fuzz(campaign, property)
      expect(await send(tls.ca, `${api.endpoint}/credentials`, { method: 'POST' })).toMatchObject({ status: 403 })
    },
    fuzzTimeout(campaign),
  )
})
