import { describe, expect, it } from '@jest/globals'
import type { ConnectOptions } from '../connect.js'
import { listeningProgram } from '../testing/account/listening-program.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** Messages that arrive while a killed program is down. */

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** Runs a program that subscribes to `test`, and kills it. Resolves when the broker has noticed it. */
async function killedProgram(options: Partial<ConnectOptions>): Promise<void> {
  const { child, clientId } = await listeningProgram(account, options)
  const known = account.happens(({ event, fields }) => event === 'Disconnect' && fields?.clientId === clientId)
  child.kill('SIGKILL')
  expect((await known).fields).toMatchObject({ reason: 'CONNECTION_LOST' })
}

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each([true, false])(
    'messages that arrive while a killed program is down are delivered only with a persistent session (resume: %s)',
    async (resume) => {
      const publisher = await account.connect()
      const clientIdSuffix = `killed-${options.mqtt ?? options.transport}-${resume}`
      const same = { ...options, clientIdSuffix, resume }
      await killedProgram(same)
      for (const text of ['1', '2', '3']) await publisher.publish('test', text)
      account.aws.faults.skewClock(1_001)
      const session = await account.connect(same)
      const messages = session.subscribe('test')
      await messages.ready
      await publisher.publish('test', 'last')
      const received: string[] = []
      for await (const message of messages) {
        received.push(message.text())
        if (message.text() === 'last') break
      }
      // Over MQTT 3.1.1 the session is always persistent: the broker keeps what is lost over MQTT 5 without `resume`.
      expect(received).toEqual(resume || options.mqtt === 3 ? ['1', '2', '3', 'last'] : ['last'])
    },
  )
})
