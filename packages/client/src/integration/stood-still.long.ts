import { describe, expect, it } from '@jest/globals'
import { listeningProgram } from '../testing/account/listening-program.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** A program that is stopped for longer than each deadline of a connection, as on a sleeping machine, while the broker restarts. */

/** Longer than the limit of 10 s for an attempt and for a response. */
const stillMs = 12_000
/** Maximum time until the program is subscribed again after it continues. */
const backMs = 15_000

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each([
    ['before it reconnects', 'Upgrade'],
    ['at the handshake', 'Upgrade'],
    ['at the CONNECT', 'Connect'],
  ] as const)('a program that was stopped %s is subscribed again', async (when, step) => {
    const { child, clientId } = await listeningProgram(account, options)
    try {
      const { aws } = account
      const stop = () => child.kill('SIGSTOP')
      const before = when === 'before it reconnects'
      const stood = before
        ? undefined
        : account.happens(({ event, outcome }) => event === step && outcome === 'ok', stop)
      if (before) stop()
      await aws.faults.restartBroker({ keepSessions: false })
      await stood
      await new Promise((resolve) => setTimeout(resolve, stillMs))
      await aws.faults.restartBroker({ keepSessions: false })
      const subscribed = account.happens(
        ({ event, outcome, fields }) => event === 'Subscribe' && outcome === 'ok' && fields?.clientId === clientId,
      )
      const began = performance.now()
      child.kill('SIGCONT')
      await subscribed
      expect(performance.now() - began).toBeLessThan(backMs)
    } finally {
      child.kill('SIGKILL')
    }
  })
})
