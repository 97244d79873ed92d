import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { TestAccount } from '../testing/account/test-account.js'
import { ConnectProxy } from '../testing/servers/connect-proxy.js'
import { nodeTransports } from '../testing/transports.js'

let account: TestAccount
let vendor: string
let broker: string

beforeAll(async () => {
  account = await TestAccount.start()
  vendor = new URL(account.aws.endpoints.api).host
  broker = account.aws.endpoints.iot
})

afterEach(async () => {
  for (const name of ['HTTPS_PROXY', 'NO_PROXY']) delete process.env[name]
  await account.closeSessions()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

describe.each(nodeTransports)('over $name', ({ options }) => {
  it('the client connects to vendor and broker through the proxy that the program sets', async () => {
    await using proxy = await ConnectProxy.start('me:se%cret')
    const url = `http://me:se%25cret@${proxy.host}`
    const session = await account.connect({
      ...options,
      credentials: account.credentials({ proxy: url }),
      proxy: url,
    })
    await session.publish('test', 'through')
    expect(proxy.asked).toEqual([vendor, broker])
    await session.close()
  }, 60_000)

  it('the client uses HTTPS_PROXY, except for hosts in NO_PROXY and with `proxy: false`', async () => {
    await using proxy = await ConnectProxy.start()
    process.env.HTTPS_PROXY = `http://${proxy.host}`
    process.env.NO_PROXY = new URL(account.aws.endpoints.api).hostname
    await account.connect(options)
    expect(proxy.asked).toEqual([])
    delete process.env.NO_PROXY
    await account.connect({ ...options, credentials: account.credentials({ proxy: false }), proxy: false })
    expect(proxy.asked).toEqual([])
    const session = await account.connect(options)
    expect(proxy.asked).toEqual([vendor, broker])
    await session.close()
  }, 60_000)
})

it('the error for a proxy that refuses the login or is not reachable names it without the login', async () => {
  await using proxy = await ConnectProxy.start('me:secret')
  const once = { backoff: { baseMs: 1, capMs: 1, attempts: 1 } }
  const refused = account.credentials({ ...once, proxy: `http://me:wrong@${proxy.host}` })
  await expect(refused()).rejects.toMatchObject({ code: 'proxy_refused', value: proxy.host })
  const unreachable = account.credentials({ ...once, proxy: 'http://me:secret@127.0.0.1:1' })
  const error = await unreachable().catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'vendor_unavailable' })
  expect(String(error)).toContain('through the proxy 127.0.0.1:1')
  expect(String(error)).not.toContain('secret')
  for (const wrong of ['socks5://127.0.0.1:1', '127.0.0.1:1', 'https://127.0.0.1:1']) {
    await expect(account.credentials({ proxy: wrong })()).rejects.toMatchObject({ code: 'invalid_argument' })
  }
})

describe('ca', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ca-'))

  it.each(nodeTransports)('is PEM or the path of a file, over $name', async ({ options }) => {
    const path = join(folder, 'ca.pem')
    writeFileSync(path, account.aws.ca)
    const credentials = account.credentials({ ca: path })
    const session = await account.connect({ ...options, credentials, ca: path })
    await session.publish('test', 'x')
  })

  it.each([
    ['/nowhere/ca.pem', 'neither PEM nor a readable file'],
    [join(folder, 'empty.pem'), 'contains no certificate'],
  ])('is refused as an invalid argument if it is %s', async (ca, why) => {
    writeFileSync(join(folder, 'empty.pem'), '')
    const error = await account
      .credentials({ ca })()
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'invalid_argument', value: ca })
    expect(String(error)).toContain(why)
  })

  it('that is not the right one is named in the error', async () => {
    const { generate } = await import('selfsigned')
    const { cert } = await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec', algorithm: 'sha256' })
    const path = join(folder, 'other.pem')
    writeFileSync(path, cert)
    await expect(account.credentials({ ca: path })()).rejects.toMatchObject({
      code: 'tls_trust',
      message: expect.stringContaining(`the certificates in ${path}`),
    })
    await expect(account.credentials({ ca: cert })()).rejects.toMatchObject({
      message: expect.stringContaining('the certificates in `ca`'),
    })
  })
})
