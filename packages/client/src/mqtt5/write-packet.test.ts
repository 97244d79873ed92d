import { describe, expect, it } from '@jest/globals'
import { type ClientPacket, writePacket } from './index.js'

const publish = {
  type: 'publish',
  topic: 'a',
  payload: Uint8Array.of(0x78),
  qos: 1,
  retain: false,
  duplicate: false,
  id: 1,
  properties: {},
} as const
const connect = { type: 'connect', clientId: 'c', cleanStart: true, keepAliveSeconds: 60, properties: {} } as const

describe('writePacket', () => {
  it.each<[string, ClientPacket, string]>([
    ['CONNECT', connect, '100e 0004 4d515454 05 02 003c 00 0001 63'],
    [
      'CONNECT with a will and a persistent session',
      {
        ...connect,
        cleanStart: false,
        will: { topic: 'w', payload: Uint8Array.of(1), qos: 1, retain: true },
        properties: { sessionExpiryInterval: 3600 },
      },
      '101a 0004 4d515454 05 2c 003c 05 1100000e10 0001 63 00 0001 77 0001 01',
    ],
    ['PUBLISH', publish, '3207 0001 61 0001 00 78'],
    ['PUBLISH with QoS 0', { ...publish, qos: 0, id: 0 }, '3005 0001 61 00 78'],
    ['PUBLISH, duplicate and retained', { ...publish, duplicate: true, retain: true }, '3b07 0001 61 0001 00 78'],
    ['PUBACK', { type: 'puback', id: 258, reasonCode: 0, properties: {} }, '4002 0102'],
    [
      'SUBSCRIBE',
      { type: 'subscribe', id: 1, subscriptions: [{ filter: 'a/#', qos: 1 }] },
      '8209 0001 00 0003 612f23 01',
    ],
    ['UNSUBSCRIBE', { type: 'unsubscribe', id: 1, filters: ['a'] }, 'a206 0001 00 0001 61'],
    ['PINGREQ', { type: 'pingreq' }, 'c000'],
    ['DISCONNECT', { type: 'disconnect', reasonCode: 0, properties: {} }, 'e000'],
    [
      'DISCONNECT that ends the session',
      { type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } },
      'e007 00 05 1100000000',
    ],
  ])('writes %s', (_, packet, hex) => {
    expect(Buffer.from(writePacket(packet)).toString('hex')).toBe(hex.replaceAll(' ', ''))
  })

  it.each<[string, ClientPacket]>([
    ['a topic of more than 65,535 bytes', { ...publish, topic: 'a'.repeat(65_536) }],
    ['a topic with a lone surrogate, which would be written as another topic', { ...publish, topic: 'a\ud800' }],
    ['a topic with U+0000', { ...publish, topic: 'a\0' }],
    ['an empty topic', { ...publish, topic: '' }],
    ['a message to a wildcard', { ...publish, topic: 'a/#' }],
    ['a packet identifier of 0', { ...publish, id: 0 }],
    ['a packet identifier of more than two bytes', { ...publish, id: 65_536 }],
    ['a property of another packet', { ...publish, properties: { sessionExpiryInterval: 1 } }],
    ['a property out of its range', { ...connect, properties: { receiveMaximum: 0 } }],
    ['a keep-alive of more than two bytes', { ...connect, keepAliveSeconds: 65_536 }],
    ['a keep-alive of half a second', { ...connect, keepAliveSeconds: 0.5 }],
  ])('refuses %s', (_, packet) => {
    expect(() => writePacket(packet)).toThrow(expect.objectContaining({ code: 'unwritable_value' }))
  })
})
