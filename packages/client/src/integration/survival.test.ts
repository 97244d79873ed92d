import { describe, expect, it } from '@jest/globals'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** `survival.long.ts` has many more of each, with messages in flight. */
describe.each(nodeTransports)('over $name', ({ options }) => {
  it('vends once for each expiry, and not when it reconnects with fresh credentials', async () => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    for (const cycle of [1, 2, 3, 4]) {
      // AWS accepts one CONNECT per second from a client ID; the test advances the broker's clock instead of waiting.
      account.aws.faults.skewClock(cycle * 1_001)
      if (cycle % 2 === 0) account.aws.faults.expireCredentials(session.accessKeyId)
      await account.cut(session)
    }
    expect(account.vends() - before).toBe(2)
    expect(session.state).toBe('connected')
  })
})

it.each([-600_000, 600_000])('a clock that is %s ms wrong is measured with the vendor’s Date header', async (wrong) => {
  account.aws.faults.skewClock(wrong)
  const credentials = account.credentials()
  expect(Math.abs((await credentials()).clockOffset - wrong)).toBeLessThan(5_000)
})

it.each(nodeTransports)(
  'a session outlives the 24 hours of a WebSocket and a change of the clock, over $name',
  async ({ options }) => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const messages = session.subscribe('test')
    await messages.ready
    const renewed = new Promise((resolve) => session.once('renewed', resolve))
    account.aws.faults.skewClock(24 * 3_600_000 + 60_000)
    // AWS ends a connection that is over its time limit at the next packet.
    await session.publish('test', 'over 24 hours')
    await renewed
    for await (const message of messages) {
      expect(message.text()).toBe('over 24 hours')
      break
    }
  },
  60_000,
)

it('while STS is throttled, the client waits as long as the vendor requests, and sends no earlier request', async () => {
  const asked = () =>
    account.journal.filter(({ service }) => service === 'execute-api').map(({ fields }) => fields?.status)
  const before = asked().length
  // Three, because the function's SDK tries three times before the function answers 429.
  account.aws.faults.sts.throttle(3)
  const impatient = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 1 } })
  await expect(impatient()).rejects.toMatchObject({ code: 'vendor_unavailable', retryAfterMs: 5_000 })
  account.aws.faults.sts.throttle(3)
  const waits: number[] = []
  const pause = async (ms: number) => {
    waits.push(ms)
  }
  const patient = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 2 } }, { random: () => 0, pause })
  expect((await patient()).accessKeyId).toMatch(/^ASIA/u)
  expect(waits).toEqual([5_000])
  expect(asked().slice(before)).toEqual([429, 429, 200])
}, 60_000)

it('a session emits an event for each step, in order', async () => {
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

describe('a vendor', () => {
  it('that answers 503 is asked again until it recovers', async () => {
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

  it('that refuses a caller who is no longer entitled ends the session', async () => {
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
