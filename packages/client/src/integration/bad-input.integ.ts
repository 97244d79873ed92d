import { Agent } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Hash } from '@smithy/hash-node'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { requireContract } from '@topic-credentials/grants/testing/contract'
import { defaultChain } from '../platform/node/signed-post.js'
import { openTestTarget, type TestTarget } from '../testing/account/test-target.js'
import cases from './bad-input.cases.json' with { type: 'json' }

let target: TestTarget
let http: NodeHttpHandler

beforeAll(async () => {
  target = await openTestTarget()
  http = new NodeHttpHandler({
    httpsAgent: new Agent({ keepAlive: true, ...(target.ca === undefined ? {} : { ca: target.ca }) }),
  })
})

afterAll(async () => {
  http.destroy()
  await target[Symbol.asyncDispose]()
})

async function post(body: string): Promise<{ status: number; type: string | undefined; answer: unknown }> {
  const url = new URL(target.vendor.url)
  const signer = new SignatureV4({
    service: 'execute-api',
    region: target.vendor.region ?? '',
    credentials: target.vendor.credentials ?? (await defaultChain()),
    sha256: Hash.bind(null, 'sha256'),
  })
  const request = new HttpRequest({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  })
  const { response } = await http.handle(HttpRequest.clone(await signer.sign(request)))
  const { statusCode, headers } = response
  const answer = await text(response.body)
  requireContract('POST /credentials', { statusCode, headers, body: answer })
  return { status: statusCode, type: headers['content-type'], answer: JSON.parse(answer) }
}

/** Replaces `{257}` in a case with that many characters, which keeps the table short. */
function expanded(body: string): string {
  return body.replace(/\{(\d+)\}/u, (_, length: string) => 'a'.repeat(Number(length)))
}

describe('the vendor’s response to', () => {
  it.each(cases)('$name: $status', async ({ body, status, code }) => {
    const { type, answer, ...got } = await post(expanded(body))
    expect(got.status).toBe(status)
    if (code === undefined) return expect(answer).toMatchObject({ credentials: { accessKeyId: expect.any(String) } })
    expect(type).toMatch(/^application\/problem\+json/u)
    expect(answer).toMatchObject({ status, code, detail: expect.stringMatching(/\w+ .*\.$/u) })
    expect(JSON.stringify(answer)).not.toContain('accessKeyId')
  })
})
