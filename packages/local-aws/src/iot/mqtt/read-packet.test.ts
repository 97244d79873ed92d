import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { judgeFrame } from '../testing/strict-decoder.js'
import { PacketError } from './errors.js'
import type { PublishPacket } from './packet.js'
import { noProperties, type Properties } from './properties.js'
import { readPacket } from './read-packet.js'
import { writePacket } from './write-packet.js'

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((one) => one.replaceAll('\0', '0'))

function optional<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined })
}

const properties = fc
  .record({
    payloadFormatIndicator: optional(fc.constantFrom(0 as const, 1 as const)),
    messageExpiryInterval: optional(fc.nat(0xffffffff)),
    contentType: optional(text),
    responseTopic: optional(text),
    correlationData: optional(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))),
    userProperties: optional(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 })),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Properties)
const publish = fc
  .record({
    topic: text.filter((topic) => topic !== '' && !/[+#]/u.test(topic)),
    payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom(0 as const, 1 as const),
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId: fc.integer({ min: 1, max: 65_535 }),
    properties,
  })
  .map((packet): PublishPacket => {
    const numbered = packet.qos === 1
    return { type: 'publish', ...packet, dup: packet.dup && numbered, packetId: numbered ? packet.packetId : 0 }
  })

describe('a PUBLISH that is written', () => {
  it('is read as it was, MQTT 5, and its user properties keep their order [MQTT-3.3.2-18]', () => {
    fc.assert(
      fc.property(publish, (packet) => {
        const frame = writePacket(packet, 5)
        const read = readPacket(frame, 5)
        expect(read).toEqual({ ...packet, properties: { ...packet.properties } })
        expect(judgeFrame(frame, 5).userProperties).toEqual(packet.properties.userProperties ?? [])
      }),
    )
  })

  it('has no properties in MQTT 3.1.1', () => {
    fc.assert(
      fc.property(publish, (packet) => {
        const frame = writePacket(packet, 4)
        expect(readPacket(frame, 4)).toEqual({ ...packet, properties: noProperties })
        judgeFrame(frame, 4)
      }),
    )
  })

  it('carries none of the properties that are not for PUBLISH, whatever it is given', () => {
    const given: Properties = { willDelayInterval: 5, sessionExpiryInterval: 1, receiveMaximum: 1, contentType: 'x' }
    const packet: PublishPacket = {
      type: 'publish',
      topic: 't',
      payload: Buffer.from('x'),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties: given,
    }
    expect(readPacket(writePacket(packet, 5), 5)).toMatchObject({ properties: { contentType: 'x' } })
  })
})

describe('what another encoder writes', () => {
  it.each<[string, Packet, object]>([
    [
      'CONNECT',
      {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 5,
        clientId: 'a',
        clean: false,
        keepalive: 30,
        username: '?SDK=x',
        password: Buffer.from('p'),
        properties: { sessionExpiryInterval: 7, receiveMaximum: 3 },
        will: {
          topic: 'w',
          payload: Buffer.from('gone'),
          qos: 1,
          retain: true,
          properties: { willDelayInterval: 9, contentType: 'text' },
        },
      },
      {
        type: 'connect',
        clientId: 'a',
        cleanStart: false,
        keepAliveSeconds: 30,
        properties: { sessionExpiryInterval: 7, receiveMaximum: 3 },
        will: { topic: 'w', qos: 1, retain: true, properties: { willDelayInterval: 9, contentType: 'text' } },
      },
    ],
    [
      'SUBSCRIBE',
      {
        cmd: 'subscribe',
        messageId: 3,
        subscriptions: [
          { topic: 'a', qos: 1, nl: true, rap: true, rh: 2 },
          { topic: 'b', qos: 0 },
        ],
      },
      {
        type: 'subscribe',
        packetId: 3,
        filters: [
          { filter: 'a', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
          { filter: 'b', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        ],
      },
    ],
    ['UNSUBSCRIBE', { cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['a', 'b'] }, { filters: ['a', 'b'] }],
    ['PUBACK', { cmd: 'puback', messageId: 5, reasonCode: 0x97 }, { packetId: 5, reasonCode: 0x97 }],
    [
      'DISCONNECT',
      { cmd: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 1, reasonString: 'why' } },
      { type: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 1 } },
    ],
    ['PINGREQ', { cmd: 'pingreq' }, { type: 'pingreq' }],
  ])('%s is read', (_name, packet, expected) => {
    expect(readPacket(generate(packet, { protocolVersion: 5 }), 5)).toMatchObject(expected)
  })
})

describe('bytes that are no packet', () => {
  it('are refused with a PacketError, for all changes', () => {
    const change = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(publish, change, fc.constantFrom(4 as const, 5 as const), (packet, changes, version) => {
        const frame = writePacket(packet, version)
        for (const [at, value] of changes) frame[at % frame.length] = value
        try {
          readPacket(frame, version)
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['packet type 0', '0000'],
    ['reserved flags', 'c100'],
    ['a string that is longer than the packet', '3003 0005 74'],
    ['a subscription without options', '8206 0001 00 0001 74'],
    ['subscription options with QoS 3', '8207 0001 00 0001 74 03'],
    ['reserved subscription options', '8207 0001 00 0001 74 40'],
    ['a PINGREQ with content', 'c001 00'],
  ])('%s', (_what, hex) => {
    expect(() => readPacket(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 5)).toThrow(PacketError)
  })
})
