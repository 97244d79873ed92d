import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ConnectOptions } from '../connect.js'
import { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** What becomes of messages that come while a program is down that was killed. */

const program = fileURLToPath(new URL('../testing/programs/listen.js', import.meta.url))

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

/** Runs a program that subscribes to `test`, and kills it. Resolves when the broker knows. */
async function killedProgram(options: Partial<ConnectOptions>): Promise<void> {
  const { outputs, region, ca, developer } = account.aws
  const { accessKeyId, secretAccessKey } = developer
  const credentials = { accessKeyId, secretAccessKey }
  const target = { url: outputs.TopicCredentials?.CredentialsUrl, region, ca, credentials, options }
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [program], { env: { ...env, TARGET: JSON.stringify(target) } })
  const [clientId] = await once(child.stdout, 'data')
  const known = account.happens(({ event, fields }) => event === 'Disconnect' && fields?.clientId === String(clientId))
  child.kill('SIGKILL')
  expect((await known).fields).toMatchObject({ reason: 'CONNECTION_LOST' })
}

describe.each(nodeTransports)('over $name', ({ options }) => {
  it.each([true, false])('what comes while a killed program is down (resume: %s)', async (resume) => {
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
    // MQTT 3.1.1 has no clean session here: the broker keeps what MQTT 5 gives up without `resume`.
    expect(received).toEqual(resume || options.mqtt === 3 ? ['1', '2', '3', 'last'] : ['last'])
  })
})
