import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
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

/** Many more of each, with messages on their way: `survival.long.ts`. */
describe.each(nodeTransports)('over $name', ({ options }) => {
  it('vends once for each expiry, and nothing when it connects again with fresh credentials', async () => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const before = account.vends()
    for (const cycle of [1, 2, 3, 4]) {
      // AWS takes one CONNECT a second from a client ID; the broker's clock moves on instead of the test waiting.
      account.aws.faults.skewClock(cycle * 1_001)
      if (cycle % 2 === 0) account.aws.faults.expireCredentials(session.accessKeyId)
      await account.cut(session)
    }
    expect(account.vends() - before).toBe(2)
    expect(session.state).toBe('connected')
  })
})

it.each([-600_000, 600_000])('a clock that is %s ms wrong is known by the vendor’s Date header', async (wrong) => {
  account.aws.faults.skewClock(wrong)
  const credentials = account.credentials()
  expect(Math.abs((await credentials()).clockOffset - wrong)).toBeLessThan(5_000)
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
  const waits: number[] = []
  const pause = async (ms: number) => {
    waits.push(ms)
  }
  const patient = account.credentials({ backoff: { baseMs: 1, capMs: 1, attempts: 2 } }, { random: () => 0, pause })
  expect((await patient()).accessKeyId).toMatch(/^ASIA/u)
  expect(waits).toEqual([5_000])
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
