import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs } from './testing/tools.js'

/** The programs of docs/guides/recipes.md, as they are written. */

/** CI installs aws-cli and the Python packages. Elsewhere the recipes without their tools are skipped. */
const isRequired = process.env.CI !== undefined

let registry: Registry
let consumer: Consumer
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  consumer = new Consumer(registry)
  const page = readFileSync(join(root, 'docs/guides/recipes.md'), 'utf8')
  for (const [, file = '', program = ''] of page.matchAll(/<!-- recipe: (\S+) -->\n```\w+\n([\s\S]*?)```/gu)) {
    consumer.write(file, program)
  }
  await consumer.install(
    '@topic-credentials/client',
    '@topic-credentials/local-aws',
    '@aws-sdk/client-iot-data-plane@3.1138.0',
    'aws4fetch@1.0.20',
    'mqtt@5.16.0',
  )
  const { TopicCredentials } = await consumer.standIn()
  const exports = (await consumer.expect('npx', 'local-aws', '--env')).stdout
  const variables = [...exports.matchAll(/^export (\w+)='([^']*)'$/gmu)].map(([, name, value]) => [name, value])
  consumer.env = { ...Object.fromEntries(variables), CREDENTIALS_URL: String(TopicCredentials?.CredentialsUrl) }
}, 300_000)
afterAll(async () => {
  await consumer[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

it('any client of the AWS SDK for JavaScript', async () => {
  await consumer.expect('node', 'sdk.mjs')
  expect(await consumer.run('node', 'sdk.mjs', 'other')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Forbidden'),
  })
})

it('MQTT.js with a presigned URL', async () => {
  expect((await consumer.expect('node', 'mqttjs.mjs')).stdout).toBe('test: hello\n')
  expect((await consumer.run('node', 'mqttjs.mjs', 'other')).code).not.toBe(0)
})

it('container credentials', async () => {
  const before = consumer.env
  consumer.env = { ...before, SECRET: 'secret' }
  const server = consumer.start('node', 'container.mjs')
  await new Promise((resolve) => server.stdout?.once('data', resolve))
  consumer.write(
    'contained.mjs',
    `import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
    const iot = new IoTDataPlaneClient({ region: process.env.AWS_REGION })
    await iot.send(new PublishCommand({ topic: process.argv[2], payload: 'hello' }))`,
  )
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...without } = before
  const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9911/' }
  consumer.env = { ...without, ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'secret', AWS_EC2_METADATA_DISABLED: 'true' }
  await consumer.expect('node', 'contained.mjs', 'test')
  expect((await consumer.run('node', 'contained.mjs', 'other')).stderr).toContain('Forbidden')
  consumer.env = { ...consumer.env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'guessed' }
  expect((await consumer.run('node', 'contained.mjs', 'test')).code).toBe(1)
  consumer.env = before
})

describe('the profile that the help prints', () => {
  beforeAll(async () => {
    const { stdout } = await consumer.expect('npx', 'topic-credentials', 'credentials', '--help')
    const profile = /^ *(\[profile topics\])\n *(credential_process = .*)$/mu.exec(stdout)
    consumer.write('config', `${profile?.[1]}\n${profile?.[2]}\n`)
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...without } = consumer.env
    consumer.env = { ...without, AWS_CONFIG_FILE: join(consumer.folder, 'config') }
  })

  it('serves an AWS SDK', async () => {
    consumer.env = { ...consumer.env, AWS_PROFILE: 'topics' }
    await consumer.expect('node', 'contained.mjs', 'test')
    expect((await consumer.run('node', 'contained.mjs', 'other')).stderr).toContain('Forbidden')
    const { AWS_PROFILE: _profile, ...without } = consumer.env
    consumer.env = without
  })

  const awsCli = isRequired || spawnSync('aws', ['--version']).status === 0 ? it : it.skip
  awsCli('serves aws-cli (pip install awscli)', async () => {
    await consumer.expect('sh', 'aws-cli.sh')
    const words = ['iot-data', 'publish', '--profile', 'topics', '--topic', 'other', '--payload', 'fileb://message']
    expect(await consumer.run('aws', ...words)).toMatchObject({ stderr: expect.stringContaining('Forbidden') })
  })
})

const found = ['python3', '/usr/bin/python3'].find(
  (file) => spawnSync(file, ['-c', 'import boto3, paho.mqtt']).status === 0,
)
const python = isRequired || found !== undefined ? it : it.skip
python('Python (pip install boto3 paho-mqtt)', async () => {
  const keys = (await consumer.expect('npx', 'local-aws', '--env')).stdout
  const variables = [...keys.matchAll(/^export (\w+)='([^']*)'$/gmu)].map(([, name, value]) => [name, value])
  consumer.env = { ...Object.fromEntries(variables), CREDENTIALS_URL: consumer.env.CREDENTIALS_URL ?? '' }
  expect((await consumer.expect(found ?? 'python3', 'recipe.py')).stdout).toBe('test: hello\n')
  expect(await consumer.run(found ?? 'python3', 'recipe.py', 'other')).toMatchObject({ code: 3, stdout: '' })
})
