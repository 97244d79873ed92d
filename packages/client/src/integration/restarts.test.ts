import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { JournalEntry } from '@topic-credentials/local-aws'
import { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** Restarts of the broker, also while the client comes back from the one before: at each step of connecting and subscribing. */

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

/** The steps of coming back, as the broker sees them. A session that the broker has kept is not subscribed again. */
const steps = [
  ['Upgrade', true],
  ['Connect', true],
  ['Upgrade', false],
  ['Connect', false],
  ['Subscribe', false],
] as const

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each(steps)(
    'subscribed again after a restart, and one more at %s (sessions kept: %s)',
    async (step, keepSessions) => {
      const { aws } = account
      const session = await account.connect({ ...options, connectIntervalMs: 0 })
      let breaks = 0
      // AWS takes one CONNECT a second from a client ID; the broker's clock moves on instead of the test waiting.
      session.on('interrupted', () => aws.faults.skewClock(++breaks * 1_001))
      const messages = session.subscribe('test')
      await messages.ready
      const reached = ({ event, outcome }: JournalEntry) => event === step && outcome === 'ok'
      const again = account.happens(reached, () => {
        // After what the step answers.
        setImmediate(() => void aws.faults.restartBroker({ keepSessions }))
      })
      aws.faults.skewClock(1_001)
      await aws.faults.restartBroker({ keepSessions })
      await again
      // Acknowledged after whatever was sent to restore the subscription.
      await session.subscribe('users/developer/x').ready
      await session.publish('test', 'after')
      for await (const message of messages) {
        expect(message.text()).toBe('after')
        break
      }
      expect(breaks).toBeGreaterThan(0)
    },
  )
})
