import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs } from './testing/tools.js'

/** From an empty folder to the first message: the README's three commands, as they are written. */
describe('three commands in an empty folder', () => {
  let registry: Registry
  let consumer: Consumer
  const [install = '', standIn = '', client = ''] = commandsOfReadme()

  beforeAll(async () => {
    registry = await Registry.start(tarballs)
    consumer = new Consumer(registry)
  })
  afterAll(async () => {
    await consumer[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  it('are npm install, npx local-aws and npx topic-credentials', () => {
    expect([install, standIn, client]).toEqual([
      expect.stringMatching(/^npm install /u),
      'npx local-aws',
      expect.stringMatching(/^npx topic-credentials /u),
    ])
  })

  it('end with a message', async () => {
    await consumer.expect('sh', '-c', install)
    const outputs = await consumer.standIn()
    expect(outputs.TopicCredentials?.CredentialsUrl).toMatch(/^https:\/\/localhost:\d+\/credentials$/u)
    const { stdout } = await consumer.expect('sh', '-c', client)
    expect(stdout).toContain('Received message from topic \'test\': {"hello":"world"}')
  })

  it('and a topic that is not granted is refused', async () => {
    const { code, stderr } = await consumer.run('npx', 'topic-credentials', '--topic', 'other')
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("may not subscribe to 'other'") })
  })

  it('whoami prints the user and the grants', async () => {
    const { stdout } = await consumer.expect('npx', 'topic-credentials', 'whoami')
    expect(stdout).toContain('developer')
  })

  it('a stand-in runs in an empty folder, with nothing installed', async () => {
    await using empty = new Consumer(registry)
    const outputs = await empty.standInBy('npx --yes @topic-credentials/local-aws')
    expect(outputs.TopicCredentials?.CredentialsUrl).toMatch(/^https:/u)
  })

  it('help and remedies name the installed programs and no script of the repository', async () => {
    for (const words of [
      ['topic-credentials', '--help'],
      ['topic-credentials', 'credentials', '--help'],
      ['local-aws', '--help'],
    ]) {
      const { stdout } = await consumer.expect('npx', ...words)
      expect(stdout).toContain('npx ')
      expect(stdout).not.toMatch(/npm (?:start|run)|pnpm/u)
    }
  })
})

function commandsOfReadme(): readonly string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const block = /<!-- run by consumers\/src\/first-message.long.ts -->\s*```sh\n([\s\S]*?)```/u.exec(readme)?.[1] ?? ''
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/u, ''))
    .filter((line) => line !== '')
}
