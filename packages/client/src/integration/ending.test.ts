import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Stage } from './stage.js'

let stage: Stage

beforeAll(async () => {
  stage = await Stage.start()
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

describe('a program that has closed its session', () => {
  it.each([5, 3])(
    'ends by itself, over MQTT %s',
    async (mqtt) => {
      const { outputs, region, ca, developer } = stage.aws
      const { accessKeyId, secretAccessKey } = developer
      const target = { url: outputs.TopicCredentials?.CredentialsUrl, region, ca, accessKeyId, secretAccessKey, mqtt }
      const { NODE_OPTIONS: _, ...env } = process.env
      const program = fileURLToPath(new URL('connect-and-close.fixture.js', import.meta.url))
      const child = spawn(process.execPath, [program], { env: { ...env, TARGET: JSON.stringify(target) } })
      const [lingered, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      expect(code).toBe(0)
      // The SDK's own MQTT 5 client keeps a process for 8 to 60 seconds.
      expect(Number(lingered)).toBeLessThan(4_000)
    },
    20_000,
  )
})
