import { describe, expect, it } from '@jest/globals'
import type { Session } from '../session.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'

/** Hundreds of expiries and cuts under load; a few of each are in `survival.test.ts` and `guarantees.test.ts`. */

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** Publishes about 50 numbers per second until `stop`, which resolves with the number of acknowledged ones. */
function publishing(session: Session): { stop(): Promise<number> } {
  let sent = 0
  let stopped = false
  const done = (async () => {
    while (!stopped) {
      await session.publish('test', String(sent))
      sent += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return sent
  })()
  return {
    stop: () => {
      stopped = true
      return done
    },
  }
}

/** Numbers as they arrive on `test`. */
class Arrivals {
  readonly numbers: number[] = []
  #wake = () => {}

  static async at(session: Session): Promise<Arrivals> {
    const arrivals = new Arrivals()
    await session.subscribe('test', {
      onMessage: (message) => {
        arrivals.numbers.push(Number(message.text()))
        arrivals.#wake()
      },
    }).ready
    return arrivals
  }

  /** The received numbers without repetitions, in the order of their first arrival. */
  once(): number[] {
    return [...new Set(this.numbers)]
  }

  async until(count: number): Promise<void> {
    while (this.once().length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function cycles(count: number) {
  return Array.from({ length: count }, (_, index) => index + 1)
}

const sdk3 = { mqtt: 3 } as const

describe.each([
  { name: 'the device SDK, MQTT 5', options: { mqtt: 5 } },
  { name: 'the device SDK, MQTT 3.1.1', options: sdk3 },
  { name: 'websocket', options: { transport: 'websocket' } },
] as const)('over $name', ({ options }) => {
  it('loses and repeats no message over 100 expiries with the socket cut at each, and vends once for each', async () => {
    const publisher = await account.connect()
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    const arrivals = await Arrivals.at(session)
    const numbers = publishing(publisher)
    let renewed = 0
    session.on('renewed', () => {
      renewed += 1
    })
    for (const cycle of cycles(100)) {
      // AWS accepts one CONNECT per second from a client ID; the test advances the broker's clock instead of waiting.
      account.aws.faults.skewClock(cycle * 1_001)
      account.aws.faults.expireCredentials(session.accessKeyId)
      await account.cut(session)
    }
    const sent = await numbers.stop()
    await arrivals.until(sent)
    expect(renewed).toBe(100)
    expect(account.vends() - before).toBe(100)
    expect(sent).toBeGreaterThan(100)
    const all = Array.from({ length: sent }, (_, index) => index)
    // With MQTT 3.1.1, only the DUP flag marks a repetition, and a message with it may still be new.
    expect(options === sdk3 ? arrivals.once() : arrivals.numbers).toEqual(all)
  })

  it('does not vend when it reconnects with fresh credentials', async () => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    for (const cycle of cycles(100)) {
      account.aws.faults.skewClock(cycle * 1_001)
      await account.cut(session)
    }
    expect(account.vends()).toBe(before)
    expect(session.state).toBe('connected')
  })
})
