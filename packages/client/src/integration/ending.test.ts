import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TestAccount } from '../testing/account/test-account.js'

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

describe('a program', () => {
  it.each([
    [5, 'has closed its session', {}],
    [3, 'has closed its session', {}],
    [5, 'was cut and has closed its session', { cut: true }],
    [3, 'was cut and has closed its session', { cut: true }],
    [5, 'was refused its connection', { refused: true }],
    [3, 'was refused its connection', { refused: true }],
  ] as const)(
    'over MQTT %s that %s ends by itself',
    async (mqtt, _what, { refused = false, cut = false }: { readonly refused?: boolean; readonly cut?: boolean }) => {
      account.aws.faults.denyIot(refused)
      const subscribed = ({ event }: { readonly event: string }) => event === 'Subscribe'
      if (cut) void account.happens(subscribed).then(() => account.aws.faults.cutSockets())
      const { outputs, region, ca, developer } = account.aws
      const { accessKeyId, secretAccessKey } = developer
      const target = {
        url: outputs.TopicCredentials?.CredentialsUrl,
        region,
        ca,
        accessKeyId,
        secretAccessKey,
        mqtt,
        refused,
        cut,
      }
      const { NODE_OPTIONS: _, ...env } = process.env
      const program = fileURLToPath(new URL('../testing/programs/connect-and-close.js', import.meta.url))
      const child = spawn(process.execPath, [program], { env: { ...env, TARGET: JSON.stringify(target) } })
      const [times, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      const [, lingered] = times.split(' ')
      expect(code).toBe(0)
      // The SDK's own MQTT 5 client keeps a process alive for 8 to 60 seconds; its MQTT 3.1.1 client until its next reconnect.
      expect(Number(lingered)).toBeLessThan(4_000)
    },
    60_000,
  )
})
