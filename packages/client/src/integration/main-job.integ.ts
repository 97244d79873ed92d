import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../connect.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import { fromVendor } from '../from-vendor.js'
import { openTestTarget, type TestTarget } from '../testing/account/test-target.js'

let target: TestTarget
let credentials: VendedCredentialsProvider

beforeAll(async () => {
  target = await openTestTarget()
  credentials = fromVendor(target.vendor)
})

afterAll(async () => {
  credentials.close()
  await target[Symbol.asyncDispose]()
})

function trust() {
  return target.ca === undefined ? {} : { ca: target.ca }
}

describe.each([5, 3] as const)('the main job over MQTT %s', (mqtt) => {
  it('vends, connects, subscribes, publishes and receives', async () => {
    await using session = await connect({ credentials, mqtt, ...trust() })
    expect(session.clientId.startsWith(`${session.userId}:`)).toBe(true)
    const messages = session.subscribe('test')
    expect(await messages.ready).toBe(1)
    await session.publish('test', { hello: mqtt })
    for await (const { topic, payload } of messages) {
      expect([topic, new TextDecoder().decode(payload)]).toEqual(['test', `{"hello":${mqtt}}`])
      break
    }
  })

  it('carries an empty payload, and bytes that are not UTF-8', async () => {
    await using session = await connect({ credentials, mqtt, ...trust() })
    const messages = session.subscribe('test')
    await messages.ready
    const sent = ['', new Uint8Array([0, 255, 254]), new Uint8Array()]
    for (const payload of sent) await session.publish('test', payload)
    const received: number[][] = []
    for await (const { payload } of messages) {
      received.push([...payload])
      if (received.length === sent.length) break
    }
    expect(received).toEqual([[], [0, 255, 254], []])
  })

  it('refuses operations that are not granted before anything is sent', async () => {
    await using session = await connect({ credentials, mqtt, ...trust() })
    const refusal = { code: 'not_granted', value: 'other', byBroker: false }
    expect(() => session.subscribe('other')).toThrow(expect.objectContaining(refusal))
    await expect(session.publish('other', 'x')).rejects.toMatchObject(refusal)
    await expect(session.publish('test', 'x', { retain: true })).rejects.toMatchObject({ code: 'not_granted' })
    await session.publish('test', 'x')
  })
})
