import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect, connectAsync, type IClientOptions } from 'mqtt'
import type { AccessKey } from '../iam/index.js'
import type { Sightings } from './testing/device.js'
import { allow, region, startTestAccount, type TestAccount, userOf } from './testing/test-account.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('./testing/device.js', import.meta.url))
// A client that is not let in tries again at once; that it is throttled is another test's subject.
let account: TestAccount
beforeAll(async () => {
  account = await startTestAccount({ limits: { connectsPerSecondPerClientId: 100 } })
})
afterAll(async () => account[Symbol.asyncDispose]())

/** The real device SDK, in its own process. */
async function device(key: AccessKey, orders: object): Promise<Sightings> {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const credentials = { accessKeyId, secretAccessKey, sessionToken }
  const device = JSON.stringify({
    port: account.iot.port,
    ca: account.ca,
    region,
    credentials,
    clientId: 'alice',
    ...orders,
  })
  const { stdout } = await run(process.execPath, [program], {
    env: { ...process.env, DEVICE: device, NODE_OPTIONS: '' },
  })
  return JSON.parse(stdout) as Sightings
}

function tamper(text: string): string {
  return text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A')
}

describe.each([3, 5] as const)('aws-iot-device-sdk-v2, MQTT %i', (mqtt) => {
  const session = (name = 'alice') => account.session(userOf('test', name), name)

  it('connects, subscribes, publishes, receives', async () => {
    const seen = await device(session(), { mqtt, subscribe: 'test', publish: ['test'], receive: 'test' })
    expect(seen).toEqual({ connect: 0, subscribe: 1, publish: [0], received: ['test'] })
  }, 30_000)

  it.each([
    ['another client ID', { clientId: 'bob' }, { connect: mqtt === 5 ? 0x87 : 'AWS_ERROR_MQTT_UNEXPECTED_HANGUP' }],
    [
      'another filter',
      { subscribe: 'other' },
      mqtt === 5 ? { connect: 0, subscribe: 0x87 } : { connect: 0, interrupted: 'AWS_ERROR_MQTT_UNEXPECTED_HANGUP' },
    ],
    [
      'another topic',
      { publish: ['test', 'other'] },
      mqtt === 5
        ? { connect: 0, publish: [0, 0x87] }
        : { connect: 0, publish: [0], interrupted: 'AWS_ERROR_MQTT_UNEXPECTED_HANGUP' },
    ],
  ])(
    'is refused: %s',
    async (_what, orders, expected) => {
      expect(await device(session(), { mqtt, ...orders })).toEqual({ publish: [], received: [], ...expected })
    },
    30_000,
  )

  it('does not receive what its policy does not let it', async () => {
    const key = account.session([...userOf('test'), allow('Subscribe', '*'), allow('Publish', '*')])
    const seen = await device(key, { mqtt, subscribe: '#', publish: ['other', 'test'], receive: 'test' })
    expect(seen).toMatchObject({ publish: [0, 0], received: ['test'] })
  }, 30_000)

  it('is refused at the handshake: tampered signature, foreign session token, expired credentials', async () => {
    const key = session()
    const refused = { connect: 'AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE', publish: [], received: [] }
    expect(await device({ ...key, secretAccessKey: tamper(key.secretAccessKey) }, { mqtt })).toEqual(refused)
    const { sessionToken = '' } = session('bob')
    expect(await device({ ...key, sessionToken }, { mqtt })).toEqual(refused)
    expect(await device(key, { mqtt })).toMatchObject({ connect: 0 })
    account.directory.expire(key.accessKeyId)
    expect(await device(key, { mqtt })).toEqual(refused)
    const texts = account.refusals().map(({ detail }) => detail)
    expect(texts.slice(-3)).toEqual([
      expect.stringMatching(/^The request signature we calculated does not match/u),
      'The security token included in the request is invalid.',
      'The security token included in the request is expired',
    ])
  }, 60_000)
})

describe.each([4, 5] as const)('MQTT.js with a presigned URL, protocol level %i', (protocolVersion) => {
  const options: IClientOptions = { protocolVersion, clientId: 'alice', reconnectPeriod: 0, keepalive: 60 }
  const open = async (key: AccessKey, more: IClientOptions = {}) =>
    connectAsync(await account.presign(key), { ...options, ca: account.ca, ...more })

  it('connects, subscribes, publishes, receives, and is refused elsewhere', async () => {
    const client = await open(account.session(userOf('test')))
    const message = new Promise((resolve) =>
      client.once('message', (topic, payload) => resolve([topic, String(payload)])),
    )
    expect(await client.subscribeAsync('test', { qos: 1 })).toMatchObject([{ topic: 'test', qos: 1 }])
    await client.publishAsync('test', 'hello', { qos: 1 })
    expect(await message).toEqual(['test', 'hello'])
    const closed = new Promise((resolve) => client.once('close', () => resolve('closed')))
    if (protocolVersion === 5) {
      await expect(client.subscribeAsync('other')).rejects.toThrow(/Not authorized/u)
      await expect(client.publishAsync('other', 'x', { qos: 1 })).rejects.toThrow(/Not authorized/u)
    } else {
      client.publish('other', 'x', { qos: 1 })
      expect(await closed).toBe('closed')
    }
    await client.endAsync(true)
  })

  it('is refused as another client', async () => {
    const client = connect(await account.presign(account.session(userOf('test'))), {
      ...options,
      ca: account.ca,
      clientId: 'bob',
    })
    const refusal = new Promise((resolve) => client.once('error', ({ message }) => resolve(message)))
    const closed = new Promise((resolve) => client.once('close', () => resolve('closed')))
    if (protocolVersion === 5) expect(await refusal).toMatch(/Not authorized/u)
    expect(await closed).toBe('closed')
    expect(client.connected).toBe(false)
    await client.endAsync(true)
  })
})
