import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ConnectOptions } from '../connect.js'
import { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** A program that is stopped for longer than each deadline of a connection, as on a sleeping machine, while the broker restarts. */

/** Longer than the limit of 10 s for an attempt and for a response. */
const stillMs = 12_000
/** Maximum time until the program is subscribed again after it continues. */
const backMs = 15_000

const program = fileURLToPath(new URL('../testing/programs/listen.js', import.meta.url))

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

/** Runs a program that has subscribed to `test`. */
async function listening(options: Partial<ConnectOptions>): Promise<{ child: ChildProcess; clientId: string }> {
  const { outputs, region, ca, developer } = account.aws
  const { accessKeyId, secretAccessKey } = developer
  const credentials = { accessKeyId, secretAccessKey }
  const target = { url: outputs.TopicCredentials?.CredentialsUrl, region, ca, credentials, options }
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [program], { env: { ...env, TARGET: JSON.stringify(target) } })
  const [clientId] = await once(child.stdout, 'data')
  return { child, clientId: String(clientId) }
}

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each([
    ['before it reconnects', 'Upgrade'],
    ['at the handshake', 'Upgrade'],
    ['at the CONNECT', 'Connect'],
  ] as const)('a program that was stopped %s is subscribed again', async (when, step) => {
    const { child, clientId } = await listening(options)
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
