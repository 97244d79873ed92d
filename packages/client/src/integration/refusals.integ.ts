import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AskedGrants, VendedIdentity } from '../credentials/vendor-options.js'
import { fromVendor } from '../from-vendor.js'
import { openTestTarget, type TestTarget } from '../testing/account/test-target.js'
import { type RawClient, rawClient } from '../testing/wire/raw-client.js'

let target: TestTarget
let identity: VendedIdentity

/** Vends once, only for `test`, although the caller can be entitled to more. */
beforeAll(async () => {
  target = await openTestTarget()
  identity = await vend({ publish: ['test'], subscribe: ['test'] })
})

afterAll(async () => {
  await target[Symbol.asyncDispose]()
})

async function vend(request: AskedGrants): Promise<VendedIdentity> {
  const credentials = fromVendor({ ...target.vendor, request })
  try {
    return await credentials()
  } finally {
    credentials.close()
  }
}

describe.each([5, 3] as const)('a program without our client, over MQTT %s', (version) => {
  // A new one each time, because AWS accepts one CONNECT per second from a client ID.
  const own = (): string => identity.vended.clientIdPrefix + randomUUID()

  async function connected(): Promise<RawClient> {
    const client = rawClient(version, { identity, clientId: own(), ca: target.ca })
    expect(await client.connect()).toBe('allowed')
    return client
  }

  it.each([
    ['test', 'allowed'],
    ['other', 'refused'],
    ['#', 'refused'],
    ['+', 'refused'],
    ['tes?', 'refused'],
    ['test/#', 'refused'],
    ['$share/group/test', 'refused'],
  ] as const)('subscribe %s: %s', async (filter, verdict) => {
    await using client = await connected()
    expect(await client.subscribe(filter)).toBe(verdict)
  })

  it.each([
    ['test', 'allowed'],
    ['other', 'refused'],
    ['test/', 'refused'],
    ['test*', 'refused'],
    ['Test', 'refused'],
  ] as const)('publish to %s: %s', async (topic, verdict) => {
    await using client = await connected()
    expect(await client.publish(topic, 'x')).toBe(verdict)
  })

  it('receives messages of a granted topic', async () => {
    await using client = await connected()
    expect(await client.subscribe('test')).toBe('allowed')
    expect(await client.publish('test', `raw ${version}`)).toBe('allowed')
    expect(await client.receive()).toBe(`test raw ${version}`)
  })

  it.each([
    ['with the vended prefix', (prefix: string) => prefix + randomUUID(), 'allowed'],
    ['of another user', () => 'another-user:x', 'refused'],
    ['that only begins like the user ID', (prefix: string) => `${prefix.slice(0, -1)}2:x`, 'refused'],
    ['without the delimiter', (prefix: string) => prefix.slice(0, -1), 'refused'],
  ] as const)('client ID %s', async (_, clientId, verdict) => {
    await using client = rawClient(version, {
      identity,
      clientId: clientId(identity.vended.clientIdPrefix),
      ca: target.ca,
    })
    expect(await client.connect()).toBe(verdict)
  })
})

describe('a wider request', () => {
  it.each([['other'], ['#'], ['+'], ['test/#'], ['*'], ['?'], ['${aws:userid}']])(
    'for %s is not vended',
    async (filter) => {
      await expect(vend({ subscribe: ['test', filter] })).rejects.toMatchObject({
        code: 'vend_refused',
        status: 403,
        problem: { code: 'not_entitled' },
      })
    },
  )

  it('within the entitlements is vended', async () => {
    expect((await vend({ subscribe: ['test'] })).vended.grants).toEqual({
      publish: [],
      subscribe: ['test'],
      retain: [],
    })
  })
})
