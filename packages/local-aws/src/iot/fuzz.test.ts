import { connect } from 'node:tls'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { fuzz, fuzzTimeout } from '../testing/fuzz.js'
import { PacketError } from './mqtt/errors.js'
import { FrameSplitter } from './mqtt/frame-splitter.js'
import { readPacket } from './mqtt/read-packet.js'
import { writePacket } from './mqtt/write-packet.js'
import { filterMatches } from './testing/filter-matches.js'
import { judgeFrame } from './testing/strict-decoder.js'
import { allow, everything, startTestAccount, userOf } from './testing/test-account.js'

const name = fc.constantFrom(
  'test',
  'secret',
  'a/b',
  '#',
  '+',
  'a/#',
  '$SYS/#',
  '$share/g/secret',
  '$aws/events/x',
  '',
  '\0',
)
const qos = fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>
const messageId = fc.integer({ min: 1, max: 3 })
const publish = fc.record({
  cmd: fc.constant('publish'),
  topic: name,
  payload: fc.string(),
  qos,
  messageId,
  dup: fc.boolean(),
  retain: fc.boolean(),
  properties: fc.option(fc.record({ topicAlias: fc.integer({ min: 0, max: 9 }) }), { nil: undefined }),
})
const subscribe = fc.record({
  cmd: fc.constant('subscribe'),
  messageId,
  subscriptions: fc.array(fc.record({ topic: name, qos }), { minLength: 1, maxLength: 10 }),
})
const other = fc.constantFrom(
  ...['pingreq', 'disconnect', 'puback', 'pubrel', 'pubcomp', 'connack', 'auth', 'unsubscribe'].map((cmd) => ({
    cmd,
    messageId: 1,
    reasonCode: 0,
    unsubscriptions: ['test'],
    sessionPresent: false,
  })),
)
const packet = fc.oneof(
  { weight: 4, arbitrary: publish },
  { weight: 3, arbitrary: subscribe },
  other,
) as fc.Arbitrary<unknown>
/** A packet as it should be, or with some bytes changed, or none at all. */
const step = fc.tuple(
  packet,
  fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
  fc.uint8Array({ maxLength: 40 }),
)

function bytes([one, edits, noise]: [unknown, [number, number][], Uint8Array], protocolVersion: 4 | 5): Buffer {
  try {
    const frame = generate(one as Packet, { protocolVersion })
    for (const [at, value] of edits) if (at < frame.length) frame[at] = value
    return frame
  } catch {
    return Buffer.from(noise) // the packet cannot be written, so noise goes instead
  }
}

const packets = { subject: 'MQTT packets', cases: 100 }
const reading = { subject: 'the packet reader', cases: 3_000 }
const handshakes = { subject: 'handshakes of a WebSocket', cases: 150 }

it(
  'survives any packets and lets through only what is granted',
  async () => {
    await using account = await startTestAccount({
      limits: { connectsPerSecondPerClientId: 1e6, connectsPerSecond: 1e6, publishesPerSecond: 1e6 },
    })
    const witness = await account.open(account.session(everything))
    await witness.connect({ clientId: 'witness', keepalive: 1200 })
    await witness.subscribe('#')
    const key = account.session([...userOf('test'), allow('Subscribe', 'topicfilter/a/#')])
    const persistent = { clean: false, properties: { sessionExpiryInterval: 60 } }
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom(4, 5),
      async (steps, version) => {
        const client = await account.open(key)
        await client.connect({ protocolVersion: version as 4 | 5, ...persistent })
        for (const one of steps) client.sendBytes(bytes(one, version as 4 | 5))
        client.send({ cmd: 'disconnect' })
        // A packet cut short may swallow the DISCONNECT.
        client.socket.close()
        await client.closed
        witness.publish('secret', 'for nobody but the witness', { qos: 1, messageId: 1 })
        const seen = new Set<string>()
        for (let next = await witness.next(); next !== undefined; next = await witness.next()) {
          if (next.cmd !== 'publish') continue
          if (String(next.payload) === 'for nobody but the witness') break
          seen.add(next.topic)
        }
        expect([...seen].filter((topic) => topic !== 'test')).toEqual([])
        for (const received of client.unread()) if (received.cmd === 'publish') expect(received.topic).toBe('test')
        const entries = account.journal.splice(0)
        expect(entries.filter(({ outcome }) => outcome === 'failed')).toEqual([])
      },
    )
    await fuzz(packets, property)
  },
  fuzzTimeout(packets),
)

it(
  'reads any bytes as packets that can be, or refuses them by name',
  async () => {
    const frame = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.tuple(step, fc.constantFrom(4, 5)).map(([one, version]) => bytes(one, version as 4 | 5)),
      },
      fc.uint8Array({ minLength: 1, maxLength: 60 }).map((noise) => Buffer.from(noise)),
    )
    const property = fc.property(frame, fc.constantFrom(4, 5), (one, version) => {
      try {
        const read = readPacket(one, version as 4 | 5)
        if (read.type !== 'publish') return
        // What was let in can be sent on, and no client finds fault with it.
        const { topicAlias: _, subscriptionIdentifier: __, ...properties } = read.properties
        const qos = read.qos === 0 ? 0 : 1
        const topic = read.topic === '' || /[+#]/u.test(read.topic) ? 't' : read.topic
        judgeFrame(writePacket({ ...read, topic, qos, properties }, 5), 5)
      } catch (error) {
        expect(error).toBeInstanceOf(PacketError)
      }
    })
    await fuzz(reading, property)
  },
  fuzzTimeout(reading),
)

it(
  'answers any handshake with a refusal, and lives on',
  async () => {
    await using account = await startTestAccount()
    const key = account.session(everything)
    const sign = async () => (await account.presign(key)).split('?')[1] ?? ''
    const genuine = await sign()
    const text = fc.string({ unit: fc.constantFrom(...'aZ09%=&/+?;:,-._~\\"é '), maxLength: 40 })
    const mutated = fc.tuple(fc.nat(genuine.length - 1), text).map(([at, piece]) => {
      const query = genuine.slice(0, at) + piece + genuine.slice(at + Math.max(piece.length, 1))
      return query === genuine ? `${query}x` : query
    })
    const header = fc.tuple(
      fc.constantFrom('Authorization', 'X-Amz-Date', 'X-Amz-Security-Token', 'Sec-WebSocket-Protocol'),
      text,
    )
    const ask = (path: string, headers: readonly (readonly [string, string])[]) =>
      new Promise<string>((resolve) => {
        const socket = connect({ port: account.iot.port, host: 'localhost', ca: account.ca })
        let answer = ''
        socket.on('data', (chunk) => {
          answer += chunk
        })
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(answer))
        const extra = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
        const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        const webSocketKey = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
        socket.end(`GET ${path} HTTP/1.1\r\nHost: ${account.iot.endpoint}\r\n${upgrade}${webSocketKey}${extra}\r\n`)
      })
    const request = fc.tuple(fc.oneof(mutated, text), fc.array(header, { maxLength: 2 }))
    const property = fc.asyncProperty(request, async ([query, headers]) => {
      const answer = await ask(`/mqtt?${query.replaceAll(' ', '')}`, headers)
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /u)
      account.journal.length = 0
    })
    await fuzz(handshakes, property)
    // Signed anew, as a long run outlasts a signature.
    expect(await ask(`/mqtt?${await sign()}`, [])).toMatch(/^HTTP\/1\.1 101 /u)
    expect(account.iot.connections()).toEqual([])
  },
  fuzzTimeout(handshakes),
)

it('cuts a byte stream into the same packets however it is chunked', () => {
  const frames = fc
    .array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 })
    .map((bodies) =>
      bodies.map((body) =>
        generate({ cmd: 'publish', topic: 't', payload: Buffer.from(body), qos: 0, dup: false, retain: false }),
      ),
    )
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (expected, sizes) => {
      const splitter = new FrameSplitter()
      const stream = Buffer.concat(expected)
      const seen: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] as number
        seen.push(...splitter.push(stream.subarray(at, at + size)))
        at += size
      }
      expect(seen).toEqual(expected)
    }),
  )
})

it('matches topics as a level-by-level reading of the rules does', () => {
  const level = fc.constantFrom('a', 'b', '', '$x', '*')
  const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
  const filters = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
    .map(([levels, all]) => [...levels, ...(all || levels.length === 0 ? ['#'] : [])].join('/'))
  const reading = (filter: string, topic: string): boolean => {
    if (topic.startsWith('$') && /^[+#]/u.test(filter)) return false
    const parts = filter
      .split('/')
      .map((one) => (one === '+' ? '[^/]*' : one === '#' ? '.*' : one.replaceAll(/[$*]/gu, '\\$&')))
    return new RegExp(`^${parts.join('/')}$`, 'su').test(topic)
  }
  fc.assert(
    fc.property(filters, topics, (filter, topic) => {
      expect(filterMatches(filter, topic)).toBe(reading(filter, topic))
    }),
    { numRuns: 2000 },
  )
})
