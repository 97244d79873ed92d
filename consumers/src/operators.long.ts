import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { tarballs } from './testing/tools.js'

/** An account in which the caller is allowed everything; it prints the variables that lead there. */
const accountProgram = `import { startLocalAws } from '@topic-credentials/local-aws'
const aws = await startLocalAws({ region: 'eu-west-1' })
const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
const { accessKeyId, secretAccessKey } = aws.createUser('prober', { Version: '2012-10-17', Statement })
console.log(JSON.stringify({
  AWS_REGION: aws.region,
  AWS_ENDPOINT_URL: aws.endpoints.endpoint,
  AWS_ENDPOINT_URL_IOT_DATA_PLANE: 'https://' + aws.endpoints.iot,
  NODE_EXTRA_CA_CERTS: aws.caFile,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
}))
`

/** The operators' commands as npm installs them, against the stand-in that runs in the folder. */
describe('npx topic-credentials-ops', () => {
  let registry: Registry
  let consumer: Consumer

  beforeAll(async () => {
    registry = await Registry.start(tarballs)
    consumer = new Consumer(registry)
    const packages = ['ops', 'client', 'local-aws'].map((name) => `@topic-credentials/${name}`)
    await consumer.install(...packages)
    await consumer.standIn()
  })
  afterAll(async () => {
    await consumer[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  const ops = (...words: string[]) => consumer.expect('npx', 'topic-credentials-ops', ...words)
  const whoami = () => consumer.run('npx', 'topic-credentials', 'whoami', '--as', 'alice', '--json')

  it('has help with examples of this environment for each command and subcommand', async () => {
    const { stdout } = await ops('--help')
    const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gmu)].map(([, name = '']) => name)
    expect(commands).toEqual(['revoke', 'access', 'check', 'probe'])
    for (const words of [...commands.map((name) => [name]), ['access', 'grant'], ['access', 'explain']]) {
      const help = (await ops(...words, '--help')).stdout
      expect(help).toContain(`Usage: topic-credentials-ops ${words.join(' ')}`)
      expect(help).not.toMatch(/npm (?:start|run)|pnpm/u)
    }
  })

  it('check lists its trials, and prints its progress to stderr', async () => {
    const { stdout, stderr } = await ops('check')
    expect(stderr).toMatch(/^Checking the running stand-in .* …$/mu)
    expect(stdout).toMatch(/^✓ /mu)
    expect(stdout).toMatch(/^All \d+ passed\.$/mu)
  })

  it('access grants a topic, finds the grant, and withdraws it', async () => {
    await ops('access', 'grant', '--user', 'alice', '--subscribe', 'test')
    expect((await ops('access', 'get', '--user', 'alice')).stdout).toContain('test')
    expect((await ops('access', 'who', 'test')).stdout).toContain('alice')
    await ops('access', 'withdraw', '--user', 'alice', '--all')
    expect((await ops('access', 'who', 'test')).stdout).not.toContain('alice')
  })

  it('revoke revokes the access of a user, and restores it', async () => {
    expect((await whoami()).code).toBe(0)
    await ops('revoke', 'alice')
    expect((await ops('revoke', '--list')).stdout).toContain('alice')
    const refused = await whoami()
    expect(refused.code).not.toBe(0)
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: expect.any(Number),
      stderr: expect.stringContaining('revoked'),
    })
    await ops('revoke', '--undo', 'alice')
    // Earlier credentials stay denied.
    expect((await ops('revoke', '--list')).stdout).toMatch(/^alice {2}sessions issued before \S+ are denied$/mu)
  })

  it('probe asks an account without the package of the stand-in', async () => {
    consumer.write('account.mjs', accountProgram)
    const account = consumer.start('node', 'account.mjs')
    await using other = new Consumer(registry)
    await other.install('@topic-credentials/ops')
    expect(existsSync(join(other.folder, 'node_modules/@topic-credentials/local-aws'))).toBe(false)
    other.env = JSON.parse(await new Promise((resolve) => account.stdout?.once('data', resolve)))
    const probe = (...words: string[]) =>
      other.run('npx', 'topic-credentials-ops', 'probe', '--only', 'userIdOverMqtt', ...words)
    expect(await probe()).toMatchObject({ code: 2, stderr: 'Nothing was deployed. Answer y, or pass --yes.\n' })
    expect(await probe('--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^All 1 answers match the defaults of the stand-in\.$/mu),
      stderr: '',
    })
    expect(readFileSync(join(other.folder, 'probe-transcript.txt'), 'utf8')).toContain('✓ userIdOverMqtt')
  })

  it('has a remedy with installed commands if there is no stack', async () => {
    await using empty = new Consumer(registry)
    await empty.install('@topic-credentials/ops')
    for (const words of [['check'], ['revoke', 'alice'], ['access', 'get', '--user', 'alice']]) {
      const { code, stderr } = await empty.run('npx', 'topic-credentials-ops', ...words)
      expect({ code, stderr }).toEqual({
        code: words[0] === 'check' ? 2 : 1,
        stderr: expect.stringMatching(/npx local-aws/u),
      })
    }
  })
})
