import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { endedWithoutReason } from '../../support/reason-codes.js'
import { ScriptedBroker } from '../../testing/scripted/scripted-broker.js'
import type { OutgoingMessage, ReceivedPacket, TransportFailure } from '../transport.js'
import { WebSocketTransport, type WebSocketTransportOptions } from './websocket-transport.js'

let broker: ScriptedBroker
let transport: WebSocketTransport
let events: string[]

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] })
  broker = new ScriptedBroker()
  transport = make()
})

afterEach(async () => {
  await transport.stop()
  jest.useRealTimers()
})

function make(options: Partial<WebSocketTransportOptions> = {}): WebSocketTransport {
  events = []
  const made = new WebSocketTransport({
    clientId: 'user:1',
    keepAliveSeconds: 60,
    connectIntervalMs: 1_000,
    resume: false,
    will: undefined,
    address: async () => 'wss://broker.example/mqtt',
    openSocket: broker.openSocket,
    random: () => 0.5,
    ...options,
  })
  const failed = (what: string) => (failure: TransportFailure) =>
    events.push([what, failure.name, failure.reasonCode?.toString(16)].filter((part) => part !== undefined).join(' '))
  made.on('connecting', () => events.push('connecting'))
  made.on('connected', ({ sessionPresent }) => events.push(sessionPresent ? 'resumed' : 'connected'))
  made.on('failed', failed('failed'))
  made.on('interrupted', failed('interrupted'))
  return made
}

async function pass(ms = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms)
}

/** An established connection. */
async function connected(properties: object = {}): Promise<void> {
  transport.start()
  await pass()
  broker.last.accept(properties)
}

/** Breaks the connection and reconnects. */
async function broken(sessionPresent: boolean, properties: object = {}): Promise<void> {
  broker.last.cut()
  await back()
  broker.last.accept(properties, sessionPresent)
}

/** Waits for the next attempt. */
async function back(): Promise<void> {
  while (broker.last.closed) await pass(10)
}

function message(topic: string, qos: 0 | 1 = 1): OutgoingMessage {
  return { topic, payload: Uint8Array.of(1), qos, retain: false }
}

describe('a connection', () => {
  it('begins with a CONNECT for a persistent session, and is established by the CONNACK', async () => {
    transport = make({ will: { topic: 'will', payload: Uint8Array.of(1), qos: 1, retain: false } })
    transport.start()
    transport.start()
    await pass()
    broker.last.open()
    expect(broker.connections).toHaveLength(1)
    expect(broker.last.sent('connect')).toMatchObject([
      {
        clientId: 'user:1',
        clean: true,
        keepalive: 60,
        will: { topic: 'will' },
        properties: { sessionExpiryInterval: 3_600 },
      },
    ])
    expect(events).toEqual(['connecting'])
    broker.last.send({ cmd: 'connack', reasonCode: 0, sessionPresent: false })
    expect(events).toEqual(['connecting', 'connected'])
  })

  it('that cannot be opened is reported, and is opened again only by start()', async () => {
    transport.start()
    await pass()
    broker.last.cut('ECONNREFUSED')
    await pass(600_000)
    expect(events).toEqual(['connecting', 'failed ECONNREFUSED'])
    await connected()
    expect(events.slice(2)).toEqual(['connecting', 'connected'])
  })

  it('that cannot be signed is reported', async () => {
    transport = make({ address: () => Promise.reject(new Error('no credentials')) })
    transport.start()
    await pass()
    expect(events).toEqual(['connecting', 'failed NO_ADDRESS'])
  })

  it.each([
    [
      'is refused',
      (side = broker.last) => side.send({ cmd: 'connack', reasonCode: 0x87, sessionPresent: false }),
      'CONNECT_REFUSED 87',
    ],
    [
      'is answered with DISCONNECT',
      (side = broker.last) => side.send({ cmd: 'disconnect', reasonCode: 0x97 }),
      'DISCONNECTED 97',
    ],
    [
      'resumes a session although a new one was requested',
      (side = broker.last) => side.send({ cmd: 'connack', reasonCode: 0, sessionPresent: true }),
      'PROTOCOL_ERROR',
    ],
    ['is answered with another packet', (side = broker.last) => side.send({ cmd: 'pingresp' }), 'PROTOCOL_ERROR'],
    [
      'is answered with data that is not MQTT',
      (side = broker.last) => side.bytes(Buffer.from('HTTP/1.1 200 OK'.padEnd(200))),
      'MALFORMED_PACKET',
    ],
    ['is cut', (side = broker.last) => side.cut(), 'WEBSOCKET_CLOSED'],
  ])('that %s fails', async (_, answer, failure) => {
    transport.start()
    await pass()
    broker.last.open()
    answer()
    expect(events).toEqual(['connecting', `failed ${failure}`])
    expect(broker.last.closed).toBe(true)
  })

  it.each([
    ['the socket does not open', () => {}],
    ['the broker does not answer', () => broker.last.open()],
  ])('fails after ten seconds when %s', async (_, half) => {
    transport.start()
    await pass()
    half()
    await pass(9_999)
    expect(events).toEqual(['connecting'])
    await pass(1)
    expect(events).toEqual(['connecting', 'failed CONNECT_OVERDUE'])
    expect(broker.last.closed).toBe(true)
  })

  it.each([
    ['a message with QoS 2', [0x34, 6, 0, 1, 0x61, 0, 1, 0], 'PROTOCOL_ERROR', 0x82],
    ['a topic that is not UTF-8', [0x30, 4, 0, 1, 0xff, 0], 'MALFORMED_PACKET', 0x81],
    ['a packet of 200 MB', [0x30, 0xff, 0xff, 0xff, 0x5f], 'PACKET_TOO_LARGE', 0x95],
    ['a second CONNACK', [0x20, 3, 0, 0, 0], 'PROTOCOL_ERROR', 0x82],
  ])('ends after %s, and sends the reason to the broker', async (_, bytes, name, reasonCode) => {
    await connected()
    broker.last.bytes(Uint8Array.from(bytes))
    expect(events.at(-1)).toBe(`interrupted ${name}`)
    expect(broker.last.sent('disconnect')).toMatchObject([{ reasonCode }])
  })

  it('reconnects by itself when it breaks, and resumes the session', async () => {
    await connected()
    await pass(30_000)
    broker.last.cut()
    await pass(10)
    broker.last.accept({}, true)
    expect(events).toEqual(['connecting', 'connected', 'interrupted WEBSOCKET_CLOSED', 'connecting', 'resumed'])
    expect(broker.last.sent('connect')).toMatchObject([{ clean: false }])
  })

  it('reconnects with a growing delay when it breaks soon after it was established', async () => {
    await connected()
    const pauses: number[] = []
    for (let turn = 0; turn < 14; turn++) {
      broker.last.cut()
      const { length } = broker.connections
      const from = Date.now()
      while (broker.connections.length === length) await pass(10)
      pauses.push(Date.now() - from)
      broker.last.accept({}, true)
    }
    expect(pauses.slice(0, 4)).toEqual([20, 40, 80, 160])
    expect(pauses.at(-1)).toBe(30_000)
  })

  it('is ended with a DISCONNECT that also ends the session', async () => {
    await connected()
    const waiting = transport.publish(message('a'))
    await transport.stop()
    await expect(waiting).rejects.toThrow('The transport is stopped')
    expect(broker.last.sent('disconnect')).toMatchObject([{ reasonCode: 0, properties: { sessionExpiryInterval: 0 } }])
    transport.start()
    await pass(600_000)
    expect(broker.connections).toHaveLength(1)
  })

  it('is replaced by reconnect(), which keeps session and messages and does not trigger the last will', async () => {
    await connected()
    const answer = transport.publish(message('a'))
    const { last } = broker
    await transport.reconnect()
    expect(last.sent('disconnect')).toMatchObject([{ reasonCode: 0 }])
    expect(last.sent('disconnect')[0]?.properties).toBeUndefined()
    await pass()
    broker.last.accept({}, true)
    expect(broker.last.said()).toEqual(['connect', 'publish 1 a again'])
    broker.last.send({ cmd: 'puback', messageId: 1, reasonCode: 0 })
    expect(await answer).toBe(0)
    expect(events.slice(2)).toEqual(['interrupted RECONNECT', 'connecting', 'resumed'])
  })

  it('is discarded if reconnect() replaces it before it is open', async () => {
    let resolve: (url: string) => void = () => {}
    transport = make({
      address: () =>
        new Promise((done) => {
          resolve = done
        }),
    })
    transport.start()
    const first = resolve
    await transport.reconnect()
    first('wss://old.example/mqtt')
    await pass()
    expect(broker.connections).toHaveLength(0)
    resolve('wss://new.example/mqtt')
    await pass()
    expect(broker.last.url).toBe('wss://new.example/mqtt')
  })
})

describe('keep-alive', () => {
  it('pings within the interval, and ends a connection without a response', async () => {
    await connected()
    await pass(45_000)
    expect(broker.last.said()).toEqual(['connect', 'pingreq'])
    broker.last.send({ cmd: 'pingresp' })
    await pass(55_000)
    expect(broker.last.said()).toEqual(['connect', 'pingreq', 'pingreq'])
    await pass(10_000)
    expect(events.at(-1)).toMatch('interrupted PING_OVERDUE')
  })

  it('uses the interval that the broker sets', async () => {
    await connected({ serverKeepAlive: 30 })
    await pass(22_500)
    expect(broker.last.sent('pingreq')).toHaveLength(1)
  })

  it('pings again if the machine slept while it waited for the response', async () => {
    await connected()
    await pass(45_000)
    jest.setSystemTime(Date.now() + 3_600_000)
    await pass(10_000)
    expect(events.at(-1)).toBe('connected')
    expect(broker.last.sent('pingreq')).toHaveLength(2)
    broker.last.send({ cmd: 'pingresp' })
    await pass(10_000)
    expect(events.at(-1)).toBe('connected')
  })

  it('pings immediately when the machine wakes, and reconnects within two seconds', async () => {
    await connected()
    transport.wake()
    broker.last.send({ cmd: 'pingresp' })
    await pass(5_000)
    expect(events.at(-1)).toBe('connected')
    transport.wake()
    await pass(1_100)
    broker.last.accept({}, true)
    expect(events.slice(2)).toEqual(['interrupted PING_OVERDUE', 'connecting', 'resumed'])
  })

  it('reconnects immediately when the machine wakes during a reconnect delay', async () => {
    transport = make({ random: () => 1 })
    await connected()
    broker.last.cut()
    transport.wake()
    await pass()
    expect(broker.connections).toHaveLength(2)
  })
})

describe('an operation', () => {
  it('waits for the connection, and resolves with the broker’s answer', async () => {
    const published = transport.publish(message('a'))
    const subscribed = transport.subscribe('a/#', 1)
    await connected()
    const [subscribe] = broker.last.sent('subscribe')
    const [publish] = broker.last.sent('publish')
    expect(subscribe?.subscriptions).toMatchObject([{ topic: 'a/#', qos: 1 }])
    broker.last.send({ cmd: 'suback', messageId: subscribe?.messageId, granted: [1] })
    broker.last.send({ cmd: 'puback', messageId: publish?.messageId, reasonCode: 0x87 })
    expect(await subscribed).toBe(1)
    expect(await published).toBe(0x87)
  })

  it('with QoS 0 is sent immediately or not at all', async () => {
    await expect(transport.publish(message('a', 0))).rejects.toThrow('there is no connection')
    await connected()
    expect(await transport.publish(message('a', 0))).toBe(0)
    expect(broker.last.said()).toEqual(['connect', 'publish a'])
  })

  it('that cannot be encoded is rejected, and does not block others', async () => {
    await connected()
    await expect(transport.publish(message('a\ud800'))).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(transport.publish(message('a\0', 0))).rejects.toMatchObject({ code: 'invalid_argument' })
    void transport.publish(message('b')).catch(() => {})
    expect(broker.last.said()).toEqual(['connect', 'publish 1 b'])
  })

  it('that publishes waits while the maximum number of messages is in flight; a SUBSCRIBE does not', async () => {
    await connected({ receiveMaximum: 2 })
    const answers = ['a', 'b', 'c', 'd'].map((topic) => transport.publish(message(topic)))
    void transport.subscribe('x', 1).catch(() => {})
    expect(broker.last.said()).toEqual(['connect', 'publish 1 a', 'publish 2 b', 'subscribe 3'])
    broker.last.send({ cmd: 'puback', messageId: 2, reasonCode: 0 })
    expect(await answers[1]).toBe(0)
    expect(broker.last.said().at(-1)).toBe('publish 4 c')
    await broken(true, { receiveMaximum: 1 })
    expect(broker.last.said()).toEqual(['connect', 'publish 1 a again'])
    for (const id of [1, 4, 6]) broker.last.send({ cmd: 'puback', messageId: id, reasonCode: 0 })
    expect(broker.last.said().filter((said) => said.startsWith('publish'))).toEqual([
      'publish 1 a again',
      'publish 4 c again',
      'publish 6 d',
    ])
    await Promise.all(answers)
    for (const waiting of answers) await waiting
  })

  it.each([
    [true, ['publish 1 a again', 'publish 2 b again', 'publish 3 c']],
    [false, ['publish 1 a', 'publish 2 b', 'publish 3 c']],
  ])('without a response is sent again in the original order (session kept: %s)', async (kept, expected) => {
    await connected()
    for (const topic of ['a', 'b']) void transport.publish(message(topic)).catch(() => {})
    broker.last.cut()
    void transport.publish(message('c')).catch(() => {})
    await back()
    broker.last.accept({}, kept)
    // Only the first one is sent, because it may have ended the connection.
    expect(broker.last.said()).toHaveLength(2)
    broker.last.send({ cmd: 'puback', messageId: broker.last.sent('publish')[0]?.messageId, reasonCode: 0 })
    const said = broker.last.said().slice(1)
    expect(said.map((one) => one.replace(/\d+/u, ''))).toEqual(expected.map((one) => one.replace(/\d+/u, '')))
    if (kept) expect(said).toEqual(expected)
    expect(new Set(broker.last.sent('publish').map(({ messageId }) => messageId)).size).toBe(3)
  })

  it('that publishes keeps its message ID when it is sent again, and no other message has that ID', async () => {
    await connected()
    void transport.publish(message('a')).catch(() => {})
    void transport.publish(message('b')).catch(() => {})
    const ids = broker.last.sent('publish').map(({ properties }) => properties?.userProperties?.['message-id'])
    await broken(false)
    expect(broker.last.sent('publish')[0]?.properties?.userProperties?.['message-id']).toBe(ids[0])
    expect(new Set(ids).size).toBe(2)
  })

  it('that the broker answers twice by closing the connection is refused, and the others continue', async () => {
    await connected()
    const bad = transport.publish(message('$aws/reserved'))
    const good = transport.publish(message('b'))
    for (const connection of [1, 2]) {
      expect(broker.last.said()[1]).toMatch(/^publish 1 \$aws\/reserved/u)
      broker.last.send({ cmd: 'disconnect', reasonCode: 0x90 })
      expect(broker.connections).toHaveLength(connection)
      await back()
      broker.last.accept({}, true)
    }
    expect(await bad).toBe(0x90)
    expect(broker.last.said()).toEqual(['connect', 'publish 2 b again'])
    broker.last.send({ cmd: 'puback', messageId: 2, reasonCode: 0 })
    expect(await good).toBe(0)
  })

  it('that ends the connection twice without a reason resolves with a separate code', async () => {
    await connected()
    const bad = transport.subscribe('a', 1)
    bad.catch(() => {})
    await broken(true)
    await broken(true)
    await expect(bad).resolves.toBe(endedWithoutReason)
  })

  it('that is not answered within ten seconds is sent again over another connection', async () => {
    await connected()
    const answer = transport.publish(message('a'))
    await pass(10_000)
    expect(events.at(-1)).toBe('interrupted ANSWER_OVERDUE')
    await pass(20)
    broker.last.accept({}, true)
    broker.last.send({ cmd: 'puback', messageId: 1, reasonCode: 0 })
    expect(await answer).toBe(0)
  })

  it.each([
    [{ maximumQoS: 0 }, {}, 0x9b],
    [{ retainAvailable: false }, { retain: true }, 0x9a],
    [{ maximumPacketSize: 20 }, {}, 0x95],
  ])('beyond the limits that the broker announced is not sent: %j', async (limits, change, code) => {
    await connected(limits)
    expect(await transport.publish({ ...message('a'), ...change })).toBe(code)
    expect(broker.last.said()).toEqual(['connect'])
  })

  it('never gets the packet identifier of another pending operation', async () => {
    await connected()
    void transport.publish(message('held')).catch(() => {})
    for (let turn = 0; turn < 65_536; turn++) {
      void transport.publish(message('a'))
      const { messageId } = broker.last.packets.pop() ?? {}
      if (messageId === 1 || messageId === undefined) throw new Error(`${messageId} is taken`)
      broker.last.send({ cmd: 'puback', messageId, reasonCode: 0 })
    }
  })
})

describe('a message', () => {
  const publish = { cmd: 'publish', topic: 'a', payload: 'x', qos: 1, messageId: 7, retain: false, dup: false }

  it('is acknowledged, and delivered with the message ID of its publisher', async () => {
    const received: ReceivedPacket[] = []
    await connected()
    transport.on('message', (packet) => received.push(packet))
    broker.last.send({ ...publish, properties: { userProperties: { 'message-id': 'm1' } } })
    broker.last.send({ ...publish, qos: 0, messageId: undefined })
    await pass()
    expect(received).toMatchObject([
      { topic: 'a', qos: 1, id: 'm1' },
      { topic: 'a', qos: 0 },
    ])
    expect(broker.last.said().slice(1)).toEqual(['puback 7'])
  })

  it('whose listener stops the transport is the last one', async () => {
    let received = 0
    await connected()
    transport.on('message', () => {
      received += 1
      void transport.stop()
    })
    for (const _ of [1, 2, 3]) broker.last.send(publish)
    await pass()
    expect(received).toBe(1)
  })
})
