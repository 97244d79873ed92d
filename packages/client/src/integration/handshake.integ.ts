import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { http } from 'aws-iot-device-sdk-v2'
import { ConnectLog } from '../connection/connect-log.js'
import type { HandshakeAnswer } from '../connection/handshake.js'
import { Handshake } from '../connection/handshake.js'
import type { Route } from '../connection/route.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { handshakeTransform } from '../platform/node/device-sdk/handshake-transform.js'
import { askHandshake } from '../platform/node/handshake-probe.js'
import { openTestTarget, type TestTarget } from '../testing/account/test-target.js'
import { endpointOf } from '../testing/wire/raw-client.js'

let target: TestTarget
let identity: VendedIdentity
let other: VendedIdentity

beforeAll(async () => {
  target = await openTestTarget()
  identity = await vend()
  other = await vend()
})

afterAll(async () => {
  await target[Symbol.asyncDispose]()
})

async function vend(): Promise<VendedIdentity> {
  const credentials = fromVendor(target.vendor)
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

/** The path and query of a handshake, signed as the client signs it, with parts of the credentials replaced. */
async function signed(change: Partial<VendedIdentity> = {}, region = identity.vended.region): Promise<URL> {
  const credentials = Object.assign(async () => ({ ...identity, ...change }), {
    invalidate() {},
    close() {},
    ask: async () => identity,
    refresh: async () => identity,
  })
  const log = ConnectLog.of(endpointOf(identity.vended.endpoint), 'any')
  const handshake = new Handshake({ credentials, log, intervalMs: 0, closing: new AbortController().signal })
  const { host } = endpointOf(identity.vended.endpoint)
  const request = new http.HttpRequest('GET', '/mqtt', new http.HttpHeaders([['host', host]]))
  await new Promise<void>((resolve, reject) =>
    handshakeTransform(handshake, region)(request, (code) =>
      code === undefined ? resolve() : reject(handshake.attempt.error),
    ),
  )
  return new URL(request.path, 'https://endpoint.invalid')
}

function ask({ pathname, search }: URL): Promise<HandshakeAnswer> {
  return askHandshake(endpointOf(identity.vended.endpoint), trusting(target.ca), pathname + search)
}

function trusting(ca: string | undefined): Route {
  return { ca, trusted: 'nothing', proxy: undefined }
}

function tampered(url: URL, name: string, change: (value: string) => string): URL {
  const copy = new URL(url)
  // Not with URLSearchParams, which would encode a space as +, unlike SigV4.
  copy.search = copy.search
    .slice(1)
    .split('&')
    .map((pair) => {
      const [key, value = ''] = pair.split('=')
      return key === name ? `${key}=${encodeURIComponent(change(decodeURIComponent(value)))}` : pair
    })
    .join('&')
  expect(copy.search).not.toBe(url.search)
  return copy
}

function flipped(hex: string) {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1)
}

describe('the handshake', () => {
  it('is accepted as signed', async () => {
    expect(await ask(await signed())).toMatchObject({ status: 101 })
  })

  it.each([
    ['X-Amz-Signature', flipped],
    ['X-Amz-Credential', (value: string) => value.replace('iotdevicegateway', 'execute-api')],
    ['X-Amz-Credential', (value: string) => value.replace(/^[^/]+/u, 'ASIAUNKNOWNKEYXXXXXX')],
    ['X-Amz-Security-Token', (value: string) => `${value.slice(0, -4)}AAAA`],
    ['X-Amz-Security-Token', () => other.sessionToken],
  ])('with another %s is refused', async (name, change) => {
    expect(await ask(tampered(await signed(), name, change))).toMatchObject({ status: 403 })
  })

  it('with another secret key is refused', async () => {
    expect(await ask(await signed({ secretAccessKey: other.secretAccessKey }))).toMatchObject({ status: 403 })
  })

  it('for another region is refused', async () => {
    const elsewhere = identity.vended.region === 'us-west-2' ? 'us-east-2' : 'us-west-2'
    expect(await ask(await signed({}, elsewhere))).toMatchObject({ status: 403 })
  })

  it.each([
    ['ten minutes ago', -600_000],
    ['in ten minutes', 600_000],
  ])('dated %s is refused', async (_, clockOffset) => {
    expect(await ask(await signed({ clockOffset: identity.clockOffset + clockOffset }))).toMatchObject({ status: 403 })
  })
})
