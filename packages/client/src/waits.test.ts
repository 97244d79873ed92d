import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { connect } from './connect.js'
import { VendorClient } from './credentials/vendor-client.js'
import { TopicCredentialsError } from './errors.js'
import { DrivenClock } from './testing/driven-clock.js'
import { scriptedSession } from './testing/scripted/scripted-session.js'
import type { Fault, Point } from './testing/scripted/scripted-transport.js'

/** Blocks each wait of the client, which must end at its own deadline with its own code: the table in the README. */

let clock: DrivenClock
let clients = 0

beforeEach(() => {
  clock = new DrivenClock()
})

afterEach(() => {
  clock[Symbol.dispose]()
})

function never(): Promise<never> {
  return new Promise(() => {})
}

/** A started session with this fault at each of these points. */
function started(fault?: Fault, ...points: Point[]) {
  clients += 1
  const meets = (point: Point) => (points.includes(point) ? fault : undefined)
  const scripted = scriptedSession({ clientId: `alice:waits${clients}`, fault: meets })
  scripted.transport.start()
  return scripted
}

/** The error code of a promise, and the milliseconds until it settles. */
async function ending(waiting: Promise<unknown>): Promise<[string, number]> {
  const began = clock.now
  let code: string | undefined
  waiting.then(
    () => {
      code = 'resolved'
    },
    (error: unknown) => {
      code = error instanceof TopicCredentialsError ? error.code : String(error)
    },
  )
  await clock.runUntil(began + 200_000_000, () => code !== undefined)
  return [code ?? 'still waiting', Math.round(clock.now - began)]
}

describe('a vendor', () => {
  it('that does not answer: vendor_timed_out', async () => {
    const post = {
      send: (_json: string, _date: Date, _signal: AbortSignal, asking: () => void) => {
        asking()
        return never()
      },
      close: () => {},
    }
    const vendor = new VendorClient({ url: 'https://vendor.invalid/' }, async () => post)
    expect(await ending(vendor.vend({}, 0))).toEqual(['vendor_timed_out', 10_000])
  })

  it('that gets no request because the caller’s token does not arrive: credentials_timed_out', async () => {
    const vendor = new VendorClient({ url: 'https://vendor.invalid/', timeoutMs: 3_000 }, async () => ({
      send: never,
      close: () => {},
    }))
    expect(await ending(vendor.vend({}, 0))).toEqual(['credentials_timed_out', 3_000])
  })

  it('that keeps an open connection waiting: vendor_timed_out', async () => {
    const { session, transport } = scriptedSession({ clientId: 'alice:patience', vending: never })
    const interrupted = new Promise((_, reject) => session.once('interrupted', reject))
    transport.start()
    expect(await ending(interrupted)).toEqual(['vendor_timed_out', 8_000])
  })
})

describe('connect', () => {
  it('without credentials: timed_out after timeoutMs', async () => {
    const credentials = Object.assign(never, { invalidate: () => {}, ask: never, refresh: never, close: () => {} })
    expect(await ending(connect({ credentials, transport: 'websocket', timeoutMs: 5_000 }))).toEqual([
      'timed_out',
      5_000,
    ])
  })
})

describe('a broker', () => {
  it.each(['handshake', 'upgrade', 'connack'] as const)('that is silent at the %s: broker_timed_out', async (point) => {
    const { session } = started('silence', point)
    const [code, ms] = await ending(new Promise((_, reject) => session.once('interrupted', reject)))
    expect(code).toBe('broker_timed_out')
    expect(ms).toBeLessThanOrEqual(10_000)
  })

  it('that does not acknowledge a message: the connection is replaced, and the second time the message is refused', async () => {
    const { session } = started('silence', 'publish')
    await clock.runUntil(clock.now + 1_000)
    const publishing = session.publish('a', 'x')
    const interrupted = new Promise((_, reject) => session.once('interrupted', reject))
    interrupted.catch(() => {})
    const [code, ms] = await ending(publishing)
    expect(code).toBe('refused')
    expect(ms).toBeLessThan(23_000)
    await expect(interrupted).rejects.toMatchObject({ code: 'broker_timed_out' })
  })
})

describe('a network that never recovers', () => {
  it.each([
    ['publish', (session: ReturnType<typeof started>['session']) => session.publish('a', 'x')],
    ['subscribe', (session: ReturnType<typeof started>['session']) => session.subscribe('a').ready],
  ])('%s: operation_timed_out after an hour', async (_, begin) => {
    const { session } = started('cut', 'handshake')
    expect(await ending(begin(session))).toEqual(['operation_timed_out', 3_600_000])
  })

  it('publish, subscribe and grant with timeoutMs: their codes after that time', async () => {
    const { session } = started('cut', 'handshake')
    const timeoutMs = 5_000
    expect(await ending(session.publish('a', 'x', { timeoutMs }))).toEqual(['operation_timed_out', timeoutMs])
    expect(await ending(session.subscribe('a', { timeoutMs }).ready)).toEqual(['operation_timed_out', timeoutMs])
    expect(await ending(session.grant({ subscribe: ['a'] }, { timeoutMs }))).toEqual(['grant_timed_out', timeoutMs])
  })

  it('grant: grant_timed_out after half a minute', async () => {
    const { session } = started('cut', 'handshake')
    expect(await ending(session.grant({ subscribe: ['a'] }))).toEqual(['grant_timed_out', 30_000])
  })

  it('closing a subscription ends within five seconds, closing the session within one', async () => {
    const { session, transport } = started('silence', 'suback')
    await clock.runUntil(clock.now + 1_000)
    const messages = session.subscribe('a')
    messages.ready.catch(() => {})
    expect(await ending(messages.close())).toEqual(['resolved', 5_000])
    transport.break()
    const [code, ms] = await ending(session.close())
    expect(code).toBe('resolved')
    expect(ms).toBeLessThanOrEqual(1_000)
  })
})
