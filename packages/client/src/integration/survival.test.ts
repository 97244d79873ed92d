import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Session } from '../session.js'
import { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterEach(async () => {
  account.aws.faults.skewClock(0)
  await account.closeSessions()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

/** Publishes numbers, about 50 a second, until it is told to stop; answers how many were acknowledged. */
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

  /** Each number that came, once, in the order of its first arrival. */
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
  { name: 'the device SDK, MQTT 5', options: { mqtt: 5 }, expiries: 50 },
  // The SDK's MQTT 3.1.1 client waits a second before it connects again, then two, then four.
  { name: 'the device SDK, MQTT 3.1.1', options: sdk3, expiries: 3 },
  { name: 'websocket', options: { transport: 'websocket' }, expiries: 100 },
] as const)('over $name', ({ options, expiries }) => {
  it(`loses no message and repeats none over ${expiries} expiries with the socket cut at each; vends once for each`, async () => {
    const publisher = await account.connect()
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    const arrivals = await Arrivals.at(session)
    const numbers = publishing(publisher)
    let renewed = 0
    session.on('renewed', () => {
      renewed += 1
    })
    for (const cycle of cycles(expiries)) {
      // AWS takes one CONNECT a second from a client ID; the broker's clock moves on instead of the test waiting.
      account.aws.faults.skewClock(cycle * 1_001)
      account.aws.faults.expireCredentials(session.accessKeyId)
      await account.cut(session)
    }
    const sent = await numbers.stop()
    await arrivals.until(sent)
    expect(renewed).toBe(expiries)
    expect(account.vends() - before).toBe(expiries)
    expect(sent).toBeGreaterThan(expiries)
    const all = Array.from({ length: sent }, (_, index) => index)
    // MQTT 3.1.1 has nothing that tells a message from its repetition but the DUP flag, which means "perhaps".
    expect(options === sdk3 ? arrivals.once() : arrivals.numbers).toEqual(all)
  }, 60_000)

  it('vends nothing when it connects again with fresh credentials', async () => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    for (const cycle of cycles(options === sdk3 ? 3 : 100)) {
      account.aws.faults.skewClock(cycle * 1_001)
      await account.cut(session)
    }
    expect(account.vends()).toBe(before)
    expect(session.state).toBe('connected')
  }, 60_000)

  it.each([true, false])(
    'is subscribed again after a restart of the broker (sessions kept: %s)',
    async (keepSessions) => {
      const session = await account.connect({ ...options, connectIntervalMs: 0 })
      const messages = session.subscribe('test')
      await messages.ready
      const back = new Promise((resolve) => session.once('connected', resolve))
      account.aws.faults.skewClock(1_001)
      await account.aws.faults.restartBroker({ keepSessions })
      await back
      // Acknowledged after whatever was sent to restore the subscription.
      await session.subscribe('users/developer/x').ready
      await session.publish('test', 'after')
      for await (const message of messages) {
        expect(message.text()).toBe('after')
        break
      }
    },
    60_000,
  )
})

describe.each(nodeTransports)('a clock that is ten minutes wrong, over $name', ({ options }) => {
  it.each([-600_000, 600_000])('is corrected by the vendor’s Date header (%s ms)', async (wrong) => {
    account.aws.faults.skewClock(wrong)
    const credentials = account.credentials()
    expect(Math.abs((await credentials()).clockOffset - wrong)).toBeLessThan(5_000)
    const session = await account.connect({ ...options, credentials })
    await session.publish('test', 'x')
    expect(session.state).toBe('connected')
  })
})

it.each(nodeTransports)(
  'outlives the 24 hours of a WebSocket, and a clock that was set, over $name',
  async ({ options }) => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const messages = session.subscribe('test')
    await messages.ready
    const renewed = new Promise((resolve) => session.once('renewed', resolve))
    account.aws.faults.skewClock(24 * 3_600_000 + 60_000)
    // AWS ends a connection that is over its time when somebody sends something.
    await session.publish('test', 'over 24 hours')
    await renewed
    for await (const message of messages) {
      expect(message.text()).toBe('over 24 hours')
      break
    }
  },
  60_000,
)

it('waits as long as the vendor asks while STS is throttled, and asks no more often than that', async () => {
  const asked = () =>
    account.journal.filter(({ service }) => service === 'execute-api').map(({ fields }) => fields?.status)
  const before = asked().length
  // Three, because the function's own SDK tries three times before it answers 429.
  account.aws.faults.sts.throttle(3)
  const impatient = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 1 } })
  await expect(impatient()).rejects.toMatchObject({ code: 'vendor_unavailable', retryAfterMs: 5_000 })
  account.aws.faults.sts.throttle(3)
  const patient = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 2 } }, { random: () => 0 })
  expect((await patient()).accessKeyId).toMatch(/^ASIA/u)
  expect(asked().slice(before)).toEqual([429, 429, 200])
}, 60_000)

it('says each step by an event, in order', async () => {
  const session = await account.connect({ connectIntervalMs: 0 })
  const steps: string[] = []
  for (const step of ['connecting', 'connected', 'renewed', 'interrupted', 'closed'] as const) {
    session.on(step, () => steps.push(step))
  }
  account.aws.faults.skewClock(1_001)
  await account.cut(session)
  await session.close()
  expect(steps).toEqual(['interrupted', 'connecting', 'connected', 'closed'])
})

describe('a vendor in trouble', () => {
  it('is waited for while it answers 503', async () => {
    const credentials = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 10 } })
    const session = await account.connect({ credentials, connectIntervalMs: 0 })
    account.aws.faults.expireCredentials(session.accessKeyId)
    account.aws.faults.api.failWith = 503
    const interrupted = new Promise((resolve) => session.once('interrupted', resolve))
    account.aws.faults.skewClock(1_001)
    account.aws.faults.cutSockets(session.clientId)
    await interrupted
    const back = new Promise((resolve) => session.once('connected', resolve))
    account.aws.faults.api.failWith = undefined
    await back
    await session.publish('test', 'x')
  }, 60_000)

  it('ends the session when it says no: the caller is not entitled any more', async () => {
    const lastDay = new Date(Date.now() + 240_000).toISOString()
    const gone = account.aws.createUser('gone', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:CurrentTime': lastDay } },
      },
    })
    const credentials = account.credentials({
      credentials: { accessKeyId: gone.accessKeyId, secretAccessKey: gone.secretAccessKey },
    })
    const session = await account.connect({ credentials, connectIntervalMs: 0 })
    const messages = session.subscribe('test')
    await messages.ready
    account.aws.faults.skewClock(250_000)
    account.aws.faults.expireCredentials(session.accessKeyId)
    const closed = new Promise((resolve) => session.once('closed', resolve))
    account.aws.faults.cutSockets(session.clientId)
    expect(await closed).toMatchObject({ code: 'vend_refused', status: 403 })
    await expect(session.publish('test', 'x')).rejects.toMatchObject({ code: 'session_closed' })
    await expect(messages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'vend_refused' })
  }, 60_000)
})
