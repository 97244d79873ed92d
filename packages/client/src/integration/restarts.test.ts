import { describe, expect, it } from '@jest/globals'
import type { JournalEntry } from '@topic-credentials/local-aws'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** Restarts of the broker, with a second restart at each step of the reconnect. */

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** The steps of a reconnect in the broker's journal. If the broker kept the session, the client does not subscribe again. */
const steps = [
  ['Upgrade', true],
  ['Connect', true],
  ['Upgrade', false],
  ['Connect', false],
  ['Subscribe', false],
] as const

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each(steps)(
    'a session is subscribed again after a restart and a second one at %s (sessions kept: %s)',
    async (step, keepSessions) => {
      const { aws } = account
      const session = await account.connect({ ...options, connectIntervalMs: 0 })
      let breaks = 0
      // AWS accepts one CONNECT per second from a client ID; the test advances the broker's clock instead of waiting.
      session.on('interrupted', () => aws.faults.skewClock(++breaks * 1_001))
      const messages = session.subscribe('test')
      await messages.ready
      const reached = ({ event, outcome }: JournalEntry) => event === step && outcome === 'ok'
      const again = account.happens(reached, () => {
        // After the response of this step.
        setImmediate(() => void aws.faults.restartBroker({ keepSessions }))
      })
      aws.faults.skewClock(1_001)
      await aws.faults.restartBroker({ keepSessions })
      await again
      // Acknowledged after the packets that restore the subscription.
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
