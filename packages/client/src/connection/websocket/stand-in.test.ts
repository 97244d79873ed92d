import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { fromVendor } from '../../from-vendor.js'
import { nodeSockets } from '../../platform/node/node-socket.js'
import { presignedPath } from '../../sigv4/presigned-path.js'
import type { OutgoingMessage, ReceivedPacket, TransportEvents } from '../transport.js'
import { WebSocketTransport } from './websocket-transport.js'

/** The transport over TLS, WebSocket, SigV4 and MQTT 5, with the stand-in as the server. */

let aws: LocalAws
let identity: VendedIdentity
const open: WebSocketTransport[] = []

beforeAll(async () => {
  const assembly = join(fileURLToPath(new URL('../../../../..', import.meta.url)), 'cdk.out')
  aws = await startLocalAws({ assembly, triggers: false })
  const { accessKeyId, secretAccessKey } = aws.developer
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  const vendor = { url, region: aws.region, ca: aws.ca, credentials: { accessKeyId, secretAccessKey } }
  const credentials = fromVendor(vendor)
  identity = await credentials()
  credentials.close()
})

afterEach(async () => {
  for (const transport of open.splice(0)) await transport.stop()
})

afterAll(() => aws.close())

interface Variant {
  readonly clientId?: string
  readonly secretAccessKey?: string
  readonly ca?: string | undefined
}

let clients = 0

/** AWS accepts one CONNECT per second from a client ID, so each connection has its own. */
function newClientId(): string {
  clients += 1
  return `${identity.vended.clientIdPrefix}ws${clients}`
}

function make({ clientId = newClientId(), ...variant }: Variant = {}): WebSocketTransport {
  const host = identity.vended.endpoint
  const transport = new WebSocketTransport({
    clientId,
    keepAliveSeconds: 60,
    connectIntervalMs: 0,
    resume: false,
    will: undefined,
    openSocket: nodeSockets({ ca: 'ca' in variant ? variant.ca : aws.ca, trusted: 'nothing', proxy: undefined }),
    address: async () => {
      const signer = { ...identity, ...variant, region: identity.vended.region, date: new Date() }
      return `wss://${host}${await presignedPath(signer, host)}`
    },
  })
  open.push(transport)
  return transport
}

function next<Name extends keyof TransportEvents>(
  transport: WebSocketTransport,
  name: Name,
): Promise<TransportEvents[Name][0]> {
  return new Promise((resolve) => transport.once(name, ((value: TransportEvents[Name][0]) => resolve(value)) as never))
}

async function connected(variant: Variant = {}): Promise<WebSocketTransport> {
  const transport = make(variant)
  const stands = next(transport, 'connected')
  transport.start()
  await stands
  return transport
}

function message(topic: string, text: string): OutgoingMessage {
  return { topic, payload: new TextEncoder().encode(text), qos: 1, retain: false }
}

describe('the WebSocket transport', () => {
  it('publishes, subscribes and receives on a granted topic, and resolves with a reason code for others', async () => {
    const transport = await connected()
    expect(await transport.subscribe('test', 1)).toBe(1)
    expect(await transport.subscribe('other', 1)).toBe(0x87)
    const received = next(transport, 'message')
    expect(await transport.publish(message('test', 'hello'))).toBe(0)
    expect(await transport.publish(message('other', 'x'))).toBe(0x87)
    const { topic, payload } = (await received) as ReceivedPacket
    expect([topic, new TextDecoder().decode(payload)]).toEqual(['test', 'hello'])
    expect(await transport.unsubscribe('test')).toBe(0)
    expect(await transport.unsubscribe('test')).toBe(0x11)
    expect(await transport.unsubscribe('not/#/a filter')).toBe(0x8f)
  })

  it('keeps the session over a cut, and delivers the messages that arrived in the meantime', async () => {
    const clientId = newClientId()
    const transport = await connected({ clientId })
    const other = await connected()
    await transport.subscribe('test', 1)
    aws.faults.skewClock(1_001)
    const back = next(transport, 'connected')
    const received = next(transport, 'message')
    aws.faults.cutSockets(clientId)
    await other.publish(message('test', 'while it was away'))
    expect(await back).toEqual({ sessionPresent: true })
    expect(await received).toMatchObject({ topic: 'test' })
    aws.faults.skewClock(0)
  })

  it.each<[string, Variant, object]>([
    ['a wrong signature', { secretAccessKey: 'wrong' }, { answer: { status: 403 } }],
    ['a certificate that is not trusted', { ca: undefined }, { error: expect.objectContaining({ code: 'tls_trust' }) }],
    ['another user’s client ID', { clientId: 'bob:1' }, { name: 'CONNECT_REFUSED', reasonCode: 0x87 }],
  ])('fails to connect with %s, and reports the reason', async (_, variant, failure) => {
    const transport = make(variant)
    const failed = next(transport, 'failed')
    transport.start()
    expect(await failed).toMatchObject(failure)
  })

  it('sends and receives messages of 128 KB', async () => {
    const transport = await connected()
    await transport.subscribe('test', 1)
    const received = next(transport, 'message')
    const text = 'x'.repeat(128 * 1024 - 1)
    expect(await transport.publish(message('test', text))).toBe(0)
    expect(((await received) as ReceivedPacket).payload).toHaveLength(text.length)
  })
})
