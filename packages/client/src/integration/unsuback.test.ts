import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../connect.js'
import { fromVendor } from '../from-vendor.js'
import { ScriptedVendor, vendedAnswer } from '../testing/scripted/scripted-vendor.js'
import { WireBroker } from '../testing/servers/wire-broker.js'
import { nodeTransports } from '../testing/transports.js'

/** An UNSUBACK with a refusal: MQTT 5 §3.11.3 has a reason code for each topic filter, MQTT 3.1.1 §3.11 has none. */

let vendor: ScriptedVendor
let broker: WireBroker
let code = 0

beforeAll(async () => {
  vendor = await ScriptedVendor.start((call) => vendedAnswer(call, Date.now() + 3_600_000, Date.now()))
  broker = await WireBroker.start(({ cmd, messageId = 0 }) =>
    cmd === 'unsubscribe' ? { cmd: 'unsuback', messageId, granted: [code] } : undefined,
  )
})

afterAll(async () => {
  await broker[Symbol.asyncDispose]()
  await vendor[Symbol.asyncDispose]()
})

const refusals = [
  [0x80, 'refused'],
  [0x83, 'refused'],
  [0x87, 'refused'],
  [0x8f, 'refused'],
  [0x91, 'refused'],
  [0x97, 'quota_exceeded'],
] as const

describe.each(nodeTransports)('over $name', ({ options }) => {
  it('a refused UNSUBSCRIBE is reported by the event and by close(), and an accepted one is not', async () => {
    const credentials = fromVendor({ url: vendor.url, ca: vendor.ca, token: 't' })
    const session = await connect({ ...options, credentials, endpoint: broker.endpoint, ca: broker.ca })
    const reported: unknown[] = []
    session.on('refused', (error) => reported.push(error))
    const close = async () => {
      const subscription = session.subscribe('test')
      await subscription.ready
      return subscription.close().then(
        () => undefined,
        (error: unknown) => error,
      )
    }
    for (const [reasonCode, expected] of refusals) {
      code = reasonCode
      const error = await close()
      const refusal = { code: expected, value: 'test', message: expect.stringContaining(hex(reasonCode)) }
      // With MQTT 3.1.1, the broker cannot report a refusal.
      const known = options.mqtt === 3 ? [] : [expect.objectContaining(refusal)]
      expect(error === undefined ? [] : [error]).toEqual(known)
      expect(reported.splice(0)).toEqual(known)
    }
    // 0x11: there was no such subscription, which is the wanted result.
    for (const reasonCode of [0, 0x11]) {
      code = reasonCode
      expect([await close(), ...reported]).toEqual([undefined])
    }
    await session.close()
    credentials.close()
  })
})

function hex(reasonCode: number): string {
  return `0x${reasonCode.toString(16)}`
}
