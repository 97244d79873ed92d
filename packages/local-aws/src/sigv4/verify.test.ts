import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { SignatureV4 } from '@smithy/signature-v4'
import { testAccessKey, testClock } from '../testing/access-keys.js'
import { SignatureError } from './signature-error.js'
import type { SignedRequest } from './signed-request.js'
import { verify } from './verify.js'

const region = 'eu-west-1'
const signedAt = Date.parse('2026-03-04T05:06:07Z')
const key = testAccessKey({
  sessionToken: 'token+/==',
  expiresAt: signedAt + 3_600_000,
})
const foreign = testAccessKey({
  accessKeyId: 'ASIAFOREIGN000000000',
  sessionToken: 'another token',
  expiresAt: signedAt + 3_600_000,
})
const longTerm = testAccessKey({ accessKeyId: 'AKIAEXAMPLE000000000' })

interface Try {
  service?: string[]
  now?: number
  expired?: boolean
}

function judge(request: SignedRequest, { service = ['sts'], now = signedAt, expired = false }: Try = {}) {
  const keys = [key, foreign, longTerm].map((one) => (expired ? { ...one, expiresAt: signedAt } : one))
  try {
    const found = verify(request, {
      service,
      region,
      clock: testClock(now),
      accessKey: (id) => keys.find(({ accessKeyId }) => accessKeyId === id),
    })
    return found.accessKeyId
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    return { code: error.code, status: error.status, message: error.message }
  }
}

/** The stock signer, header form. */
async function signed(
  service: string,
  more: { body?: string; query?: Record<string, string>; path?: string } = {},
  by = key,
) {
  const { body = 'Action=GetCallerIdentity', query = {}, path = '/' } = more
  const signer = new SignatureV4({
    service,
    region,
    credentials: by,
    applyChecksum: false,
    sha256: class {
      readonly #hash
      constructor(secret?: string | Uint8Array | ArrayBuffer) {
        this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array)
      }
      update(data: Uint8Array) {
        this.#hash.update(data)
      }
      async digest() {
        return this.#hash.digest()
      }
      reset() {}
    } as never,
  })
  const request = (await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: 'localhost',
      path,
      query,
      headers: { host: 'localhost:8443', 'content-type': 'application/x-www-form-urlencoded' },
      body,
    } as never,
    { signingDate: new Date(signedAt) },
  )) as unknown as { method: string; path: string; headers: Record<string, string> }
  return {
    method: request.method,
    path: request.path,
    query: new URLSearchParams(query).toString().replaceAll('+', '%20'),
    headers: request.headers,
    body: Buffer.from(body),
  } satisfies SignedRequest
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const invalidToken = 'The security token included in the request is invalid.'

describe('header form, as the stock signer makes it', () => {
  it('is accepted', async () => {
    expect(judge(await signed('sts'))).toBe(key.accessKeyId)
    expect(judge(await signed('sts', {}, longTerm))).toBe(longTerm.accessKeyId)
    expect(judge(await signed('sts', { path: '/a%2Fb//c/../d e', query: { 'a b': 'ü/&=', z: '1' } }))).toBe(
      key.accessKeyId,
    )
  })

  type Tamper = [
    field: string,
    tamper: (request: SignedRequest & { headers: Record<string, string> }) => Partial<SignedRequest>,
    code: string,
    status: number,
    message: string | RegExp,
  ]
  const header =
    (name: string, value: string | undefined): Tamper[1] =>
    ({ headers }) => ({ headers: { ...headers, [name]: value } })
  const authorization =
    (pattern: RegExp, text: string): Tamper[1] =>
    ({ headers }) => ({
      headers: { ...headers, authorization: (headers.authorization as string).replace(pattern, text) },
    })
  const tampers: Tamper[] = [
    ['method', () => ({ method: 'GET' }), 'SignatureDoesNotMatch', 403, mismatch],
    ['path', () => ({ path: '/x' }), 'SignatureDoesNotMatch', 403, mismatch],
    ['query', () => ({ query: 'a=b' }), 'SignatureDoesNotMatch', 403, mismatch],
    ['body', () => ({ body: Buffer.from('Action=AssumeRole') }), 'SignatureDoesNotMatch', 403, mismatch],
    ['no body', () => ({ body: new Uint8Array() }), 'SignatureDoesNotMatch', 403, mismatch],
    ['host', header('host', 'other:8443'), 'SignatureDoesNotMatch', 403, mismatch],
    ['port', header('host', 'localhost:8444'), 'SignatureDoesNotMatch', 403, mismatch],
    ['a signed header', header('content-type', 'text/plain'), 'SignatureDoesNotMatch', 403, mismatch],
    ['a signed header left out', header('content-type', undefined), 'SignatureDoesNotMatch', 403, mismatch],
    ['date within the window', header('x-amz-date', '20260304T050608Z'), 'SignatureDoesNotMatch', 403, mismatch],
    [
      'date of another day',
      header('x-amz-date', '20260305T050607Z'),
      'SignatureDoesNotMatch',
      403,
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260304' != '20260305', from '20260305T050607Z'.",
    ],
    [
      'date in another form',
      header('x-amz-date', '2026-03-04T05:06:07Z'),
      'IncompleteSignature',
      400,
      /^Date must be in ISO-8601 'basic format'\. Got '2026-/u,
    ],
    [
      'a day that does not exist',
      header('x-amz-date', '20260230T050607Z'),
      'IncompleteSignature',
      400,
      /^Date must be in ISO-8601/u,
    ],
    [
      'no date',
      header('x-amz-date', undefined),
      'IncompleteSignature',
      400,
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
    ],
    ['no session token', header('x-amz-security-token', undefined), 'InvalidClientTokenId', 403, invalidToken],
    [
      'another session token',
      header('x-amz-security-token', 'another token'),
      'InvalidClientTokenId',
      403,
      invalidToken,
    ],
    ['signature', authorization(/.$/u, '!'), 'SignatureDoesNotMatch', 403, mismatch],
    ['a short signature', authorization(/Signature=.*/u, 'Signature=00'), 'SignatureDoesNotMatch', 403, mismatch],
    [
      'a signature in capitals',
      ({ headers }) => ({
        headers: {
          ...headers,
          authorization: (headers.authorization as string).replace(/[0-9a-f]+$/u, (hex) => hex.toUpperCase()),
        },
      }),
      'SignatureDoesNotMatch',
      403,
      mismatch,
    ],
    [
      'no signature',
      authorization(/, Signature=.*/u, ''),
      'IncompleteSignature',
      400,
      "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      'no parameters',
      header('authorization', 'AWS4-HMAC-SHA256'),
      'IncompleteSignature',
      400,
      /^Authorization header requires 'Credential' parameter\. .*'Signature' parameter\. .*'SignedHeaders' parameter\./u,
    ],
    [
      'access key of another user',
      authorization(/ASIA\w+/u, foreign.accessKeyId),
      'InvalidClientTokenId',
      403,
      invalidToken,
    ],
    [
      'unknown access key',
      authorization(/ASIA\w+/u, 'ASIANOBODY0000000000'),
      'InvalidClientTokenId',
      403,
      invalidToken,
    ],
    [
      'region',
      authorization(/eu-west-1/u, 'us-east-1'),
      'SignatureDoesNotMatch',
      403,
      "Credential should be scoped to a valid region, not 'us-east-1'. ",
    ],
    [
      'service',
      authorization(/\/sts\//u, '/iot/'),
      'SignatureDoesNotMatch',
      403,
      "Credential should be scoped to correct service: 'sts'. ",
    ],
    [
      'terminator',
      authorization(/aws4_request/u, 'aws5_request'),
      'SignatureDoesNotMatch',
      403,
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    ],
    [
      'day of the scope',
      authorization(/20260304/u, '20260303'),
      'SignatureDoesNotMatch',
      403,
      /^Date in Credential scope does not match/u,
    ],
    [
      'credential of six parts',
      authorization(/\/aws4_request/u, '/aws4_request/x'),
      'IncompleteSignature',
      400,
      /^Credential must have exactly 5 slash-delimited elements/u,
    ],
    [
      'credential of four parts',
      authorization(/\/aws4_request/u, ''),
      'IncompleteSignature',
      400,
      /^Credential must have exactly 5 slash-delimited elements/u,
    ],
    [
      'algorithm',
      authorization(/SHA256/u, 'SHA512'),
      'IncompleteSignature',
      400,
      "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.",
    ],
    [
      'a header more in the list',
      authorization(/SignedHeaders=/u, 'SignedHeaders=accept;'),
      'SignatureDoesNotMatch',
      403,
      mismatch,
    ],
    [
      'host not in the list',
      authorization(/host;/u, ''),
      'SignatureDoesNotMatch',
      403,
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'another scheme',
      header('authorization', 'Bearer token'),
      'MissingAuthenticationToken',
      403,
      'Missing Authentication Token',
    ],
    [
      'no authorization',
      header('authorization', undefined),
      'MissingAuthenticationToken',
      403,
      'Request is missing Authentication Token',
    ],
  ]
  it.each(tampers)('tampered: %s', async (_, tamper, code, status, message) => {
    const request = await signed('sts')
    expect(judge(request)).toBe(key.accessKeyId)
    const text = typeof message === 'string' ? message : expect.stringMatching(message)
    expect(judge({ ...request, ...tamper(request) })).toEqual({ code, status, message: text })
  })

  it('UNSIGNED-PAYLOAD is S3’s alone: the body counts', async () => {
    const request = await signed('sts')
    const headers = { ...request.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect(judge({ ...request, headers })).toBe(key.accessKeyId)
    expect(judge({ ...request, headers, body: Buffer.from('x') })).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('a token beside a long-term key is refused', async () => {
    const request = await signed('sts', {}, longTerm)
    expect(judge({ ...request, headers: { ...request.headers, 'x-amz-security-token': 'x' } })).toMatchObject({
      code: 'InvalidClientTokenId',
    })
  })

  it('expired credentials are refused as expired', async () => {
    const message = 'The security token included in the request is expired'
    expect(judge(await signed('sts'), { expired: true })).toEqual({ code: 'ExpiredToken', status: 403, message })
    const api = { service: ['execute-api'], expired: true }
    expect(judge(await signed('execute-api'), api)).toEqual({ code: 'ExpiredTokenException', status: 403, message })
  })
})

describe('the clocks may differ', () => {
  const minute = 60_000
  it.each([
    ['sts', 15, 'SignatureDoesNotMatch'],
    ['execute-api', 5, 'InvalidSignatureException'],
    ['iotdata', 5, 'ForbiddenException'],
    ['iotdevicegateway', 5, 'ForbiddenException'],
  ])('%s: by %d minutes', async (name, minutes, code) => {
    const service = [name]
    const request = await signed(name)
    for (const now of [signedAt - minutes * minute, signedAt + minutes * minute]) {
      expect(judge(request, { service, now })).toBe(key.accessKeyId)
    }
    expect(judge(request, { service, now: signedAt + minutes * minute + 1_000 })).toMatchObject({
      code,
      status: 403,
      message: expect.stringMatching(
        new RegExp(
          `^Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z \\(\\w{16} - ${minutes} min\\.\\)$`,
          'u',
        ),
      ),
    })
    expect(judge(request, { service, now: signedAt - minutes * minute - 1_000 })).toMatchObject({
      code,
      status: 403,
      message: expect.stringMatching(
        new RegExp(
          `^Signature not yet current: 20260304T050607Z is still later than 20260304T050606Z \\(\\w{16} \\+ ${minutes} min\\.\\)$`,
          'u',
        ),
      ),
    })
  })
})

describe('every service has its own names for it', () => {
  it.each([
    [
      'sts',
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
      'MissingAuthenticationToken',
      ['IncompleteSignature', 400],
    ],
    [
      'execute-api',
      'UnrecognizedClientException',
      'InvalidSignatureException',
      'MissingAuthenticationTokenException',
      ['IncompleteSignatureException', 403],
    ],
    [
      'iotdevicegateway',
      'ForbiddenException',
      'ForbiddenException',
      'ForbiddenException',
      ['InvalidRequestException', 400],
    ],
  ] as const)('%s', async (name, unknown, wrong, missing, [incomplete, status]) => {
    const service = [name]
    const request = await signed(name)
    expect(judge(request, { service })).toBe(key.accessKeyId)
    const replace = (pattern: RegExp, text: string) => ({
      ...request,
      headers: {
        ...request.headers,
        authorization: (request.headers.authorization as string).replace(pattern, text),
      },
    })
    expect(judge(replace(/ASIA\w+/u, 'ASIANOBODY'), { service })).toMatchObject({ code: unknown, status: 403 })
    expect(judge(replace(/.$/u, '!'), { service })).toMatchObject({ code: wrong, status: 403 })
    expect(judge(replace(/.*/u, ''), { service })).toMatchObject({ code: missing, status: 403 })
    expect(judge(replace(/Credential=[^,]*/u, 'Credential=-----BEGIN CERTIFICATE-----'), { service })).toMatchObject({
      code: incomplete,
      status,
    })
  })
})
