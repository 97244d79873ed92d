import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Hash } from '@smithy/hash-node'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { canonicalRequest, type RequestToSign } from './canonical-request.js'
import { presignedPath } from './presigned-path.js'
import { signatureOf, stringToSign } from './signature.js'
import { signedPostHeaders } from './signed-post-headers.js'

interface Vector {
  readonly name: string
  readonly request: {
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly query: string
    readonly headers: Readonly<Record<string, readonly string[]>>
    readonly body?: string
  }
  readonly canonicalRequest: readonly string[]
  readonly stringToSign: readonly string[]
  readonly signature: string
}

const suiteFile = new URL('../../../local-aws/src/sigv4/test-suite.vectors.json', import.meta.url)
const suite: { source: string; vectors: Vector[] } = JSON.parse(readFileSync(suiteFile, 'utf8'))
const date = new Date('2015-08-30T12:36:00Z')

function toSign({ method, path, query, headers, body = '' }: Vector['request']): RequestToSign {
  const pairs = [...new URLSearchParams(query.replaceAll('+', '%2B'))]
  const named = pairs.find(([name]) => name === 'X-Amz-SignedHeaders')?.[1]
  const signed = named ?? /SignedHeaders=([^,]+)/u.exec(headers.authorization?.[0] ?? '')?.[1] ?? ''
  return {
    method,
    path,
    query: pairs.filter(([name]) => name !== 'X-Amz-Signature'),
    headers: Object.fromEntries(signed.split(';').map((name) => [name, headers[name]?.join(',') ?? ''])),
    body,
  }
}

describe(suite.source, () => {
  it.each(suite.vectors)('$name', async ({ request, ...expected }) => {
    // Folded headers are no longer allowed (RFC 9110 §5.5), and this signer gets none.
    if (/multiline/u.test(expected.name)) return
    const scope = {
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
      service: 'service',
      date,
    }
    const canonical = await canonicalRequest(toSign(request))
    expect(canonical.split('\n')).toEqual(expected.canonicalRequest)
    const text = await stringToSign(scope, canonical)
    expect(text.split('\n')).toEqual(expected.stringToSign)
    expect(await signatureOf(scope, text)).toBe(expected.signature)
  })
})

const signer = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'eu-central-1', date }

it('signs a POST as @smithy/signature-v4 does, for any credentials, path and body', async () => {
  const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map(encodeURIComponent)
  const token = fc.option(
    fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((text) => `t${text.trim()}`),
    { nil: undefined },
  )
  const url = fc.array(segment, { maxLength: 3 }).map((path) => new URL(`https://api.example:8443/${path.join('/')}`))
  await fc.assert(
    fc.asyncProperty(url, token, fc.string({ unit: 'grapheme' }), async (to, sessionToken, body) => {
      const peer = new SignatureV4({
        service: 'execute-api',
        region: signer.region,
        credentials: { ...signer, ...(sessionToken === undefined ? {} : { sessionToken }) },
        sha256: Hash.bind(null, 'sha256'),
      })
      const headers = { host: to.host, 'content-type': 'application/json' }
      const request = new HttpRequest({
        method: 'POST',
        hostname: to.hostname,
        port: 8443,
        path: to.pathname,
        headers,
        body,
      })
      const { headers: theirs } = await peer.sign(request, { signingDate: date })
      const ours = await signedPostHeaders({ ...signer, sessionToken }, 'execute-api', to, body)
      const signature = (text: string | undefined) => text?.split('Signature=')[1]
      // Their request also has x-amz-content-sha256, which only S3 requires. So the signed headers and the signature differ.
      const { 'x-amz-content-sha256': hash, ...rest } = theirs
      expect(hash).toBeDefined()
      const again = await new SignatureV4({
        service: 'execute-api',
        region: signer.region,
        credentials: { ...signer, ...(sessionToken === undefined ? {} : { sessionToken }) },
        sha256: Hash.bind(null, 'sha256'),
        applyChecksum: false,
      }).sign(new HttpRequest({ ...request, headers }), { signingDate: date })
      expect(signature(ours.authorization)).toBe(signature(again.headers.authorization))
      expect(rest).toMatchObject({ host: to.host })
    }),
    { numRuns: 300 },
  )
})

it('signs a WebSocket URL for AWS IoT without an expiry, and appends the session token after the signature', async () => {
  const path = await presignedPath({ ...signer, sessionToken: 'a+/=' }, 'localhost:8443')
  expect(path).toMatch(
    /^\/mqtt\?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-central-1%2Fiotdevicegateway%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Signature=[0-9a-f]{64}&X-Amz-Security-Token=a%2B%2F%3D$/u,
  )
  const without = await presignedPath(signer, 'localhost:8443')
  expect(path).toBe(`${without}&X-Amz-Security-Token=a%2B%2F%3D`)
  expect(await presignedPath(signer, 'localhost')).not.toBe(without)
})

it('throws a separate error without WebCrypto', async () => {
  const subtle = Object.getOwnPropertyDescriptor(globalThis, 'crypto') ?? {}
  Object.defineProperty(globalThis, 'crypto', { configurable: true, value: {} })
  try {
    await expect(presignedPath(signer, 'localhost')).rejects.toMatchObject({ code: 'insecure_context' })
  } finally {
    Object.defineProperty(globalThis, 'crypto', subtle)
  }
  await expect(presignedPath(signer, 'localhost')).resolves.toContain('X-Amz-Signature')
})
