import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { Inspector } from './inspector.js'

/** Everything that reaches the page's origin without being the page itself, beside what the page gets. */

const inspector = new Inspector()
let aws: LocalAws
let address: URL

beforeAll(async () => {
  const { observer, site } = inspector
  aws = await startLocalAws({ observer, site, journal: (entry) => inspector.journal(entry) })
  address = new URL(inspector.begin(aws, [{ name: 'x', help: 'explode', press: () => 'exploded' }]))
}, 60_000)
afterAll(async () => {
  inspector.end()
  await aws.close()
})

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port: address.port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const json = { 'content-type': 'application/json' }

describe('the page', () => {
  it('answers at the printed address, with everything of its own', async () => {
    expect(address.hostname).toBe('127.0.0.1')
    expect(secret().length).toBeGreaterThanOrEqual(32)
    for (const file of ['', 'page.js', 'page.css']) {
      const { status, headers, text } = await send(address.pathname + file)
      expect(status).toBe(200)
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/u)
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      if (file === '') expect(text).not.toMatch(/https?:/u)
    }
    expect(await send(`${address.pathname}api/state`)).toMatchObject({ status: 200 })
  })

  it.each<[string, () => string, Sent]>([
    ['no secret', () => '/_inspector/', {}],
    ['another secret', () => `/_inspector/${'x'.repeat(32)}/`, {}],
    ['the secret’s beginning', () => `/_inspector/${secret().slice(0, -1)}/`, {}],
    ['the secret in another case', () => `/_inspector/${swapped(secret())}/api/state`, {}],
    ['the secret elsewhere', () => `/_inspector/x/?secret=${secret()}`, {}],
    ['a file without the secret', () => '/_inspector/page.js', {}],
    ['the API without the secret', () => '/_inspector/api/state', {}],
    ['the feed without the secret', () => '/_inspector//api/feed', {}],
    ['a way around', () => `/_inspector/x/../${secret()}/api/state`, {}],
    ['a way around, encoded', () => `/_inspector/x/%2e%2e/${secret()}/api/state`, {}],
  ])('%s gets the same response as an unknown path', async (_, path, sent) => {
    const { status, text } = await send(path(), sent)
    expect({ status, text }).toEqual({ status: 404, text: '{"message":"Not Found"}' })
  })

  it.each<[string, () => Record<string, string>]>([
    ['a page of the internet', () => ({ origin: 'https://evil.example' })],
    ['a page of another port of this machine', () => ({ origin: 'http://127.0.0.1:9999' })],
    ['a page of the same port under another name', () => ({ origin: `http://localhost:${address.port}` })],
    ['a page without an origin (a sandboxed frame, a file)', () => ({ origin: 'null' })],
    ['a link or an image of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a page of this machine, without an origin', () => ({ 'sec-fetch-site': 'same-site' })],
  ])('%s gets nothing, even with the secret', async (_, headers) => {
    for (const path of ['', 'api/state', 'api/feed']) {
      const { status, text } = await send(address.pathname + path, { headers: headers() })
      expect([403, 404]).toContain(status)
      expect(text).not.toContain(aws.accountId)
    }
    const post = { method: 'POST', headers: { ...json, ...headers() }, body: '{"name":"x"}' }
    expect((await send(`${address.pathname}api/fault`, post)).text).not.toContain('exploded')
  })

  it('another name in Host gets nothing: DNS rebinding', async () => {
    for (const name of [
      'evil.example',
      `evil.example:${address.port}`,
      '127.0.0.1',
      `127.0.0.1.nip.io:${address.port}`,
    ]) {
      expect(await send(`${address.pathname}api/state`, { headers: { host: name } })).toMatchObject({ status: 403 })
    }
    expect(await send(`${address.pathname}api/state`, { headers: { host: host() } })).toMatchObject({ status: 200 })
  })

  it('a form of another page changes nothing: only JSON is taken', async () => {
    const path = `${address.pathname}api/fault`
    const press = (type: string) =>
      send(path, { method: 'POST', headers: { 'content-type': type }, body: '{"name":"x"}' })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await press(type)).text).not.toContain('exploded')
    }
    expect(await press('application/json')).toMatchObject({ status: 200, text: '{"said":"exploded"}' })
    // As the page itself sends it.
    const headers = { ...json, origin: address.origin, 'sec-fetch-site': 'same-origin' }
    expect(await send(path, { method: 'POST', headers, body: '{"name":"x"}' })).toMatchObject({ status: 200 })
  })

  it.each(['', '[]', 'null', '7', '{', '"x"'])('the body %j is refused', async (body) => {
    expect(await send(`${address.pathname}api/ask`, { method: 'POST', headers: json, body })).toMatchObject({
      status: 400,
    })
  })

  it('what is too long, and what there is not, is refused', async () => {
    const long = JSON.stringify({ user: 'x'.repeat(70_000) })
    expect(await send(`${address.pathname}api/ask`, { method: 'POST', headers: json, body: long })).toMatchObject({
      status: 400,
    })
    for (const path of ['api/nothing', 'api/__proto__', 'api/constructor', '../../etc/passwd', '%2e%2e/package.json']) {
      expect((await send(address.pathname + path)).status).toBe(404)
    }
    const wrong = { method: 'POST', headers: json, body: '{"id":"__proto__"}' }
    expect(await send(`${address.pathname}api/decision`, wrong)).toMatchObject({ status: 404 })
    expect(await send(`${address.pathname}api/sign-in`, { ...wrong, body: '{"user":"a"}' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('No stack with an API'),
    })
  })

  it('no key and no secret of the account is in what it answers', async () => {
    const texts = await Promise.all(
      ['api/state', 'api/connections'].map(async (path) => (await send(address.pathname + path)).text),
    )
    const { developer, operator, signInSecret } = aws
    for (const kept of [developer.secretAccessKey, operator.secretAccessKey, developer.accessKeyId, signInSecret]) {
      expect(texts.join('')).not.toContain(kept)
    }
  })
})

function host() {
  return address.host
}
function secret() {
  return address.pathname.split('/')[2] ?? ''
}
function swapped(text: string): string {
  return [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('')
}

it('is small: 60 kB with everything, gzipped', async () => {
  const files = await Promise.all(
    ['page.js', 'page.css'].map(async (name) => (await send(address.pathname + name)).text),
  )
  const size = files.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)
  process.stdout.write(`inspector: ${size} bytes gzipped\n`)
  expect(size).toBeLessThanOrEqual(60_000)
})
