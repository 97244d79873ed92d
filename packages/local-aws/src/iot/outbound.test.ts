import { expect, it } from '@jest/globals'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { MqttConnection } from './connection.js'
import { DEFAULT_LIMITS } from './limits.js'
import { Outbound } from './outbound.js'
import type { Plane } from './plane.js'

const message = (payload: string, messageId?: number) => {
  const rest = messageId === undefined ? { qos: 0 as const } : { qos: 1 as const, messageId }
  return generate({ cmd: 'publish', topic: 't', payload, dup: false, retain: false, ...rest })
}

function stage(agreement: { receiveMaximum: number; maximumPacketSize: number }) {
  const sent: string[] = []
  const acknowledged: number[] = []
  const collect = (bytes: Buffer, seen: (packet: Packet) => void) => {
    const reader = parser()
    reader.on('packet', seen)
    reader.parse(bytes)
  }
  const connection = {
    ended: undefined as string | undefined,
    keepsUp: true,
    send: (bytes: Buffer) => collect(bytes, (packet) => sent.push(String((packet as { payload: Buffer }).payload))),
    toBroker: ({ messageId = 0 }: Packet) => acknowledged.push(messageId),
  }
  const clock = { at: 0, now: () => clock.at }
  const plane = { clock, limits: { ...DEFAULT_LIMITS, publishesPerSecond: 2 } } as unknown as Plane
  const outbound = new Outbound(plane, connection as unknown as MqttConnection)
  outbound.agree(agreement as Parameters<Outbound['agree']>[0])
  return { outbound, connection, sent, acknowledged, clock }
}

const generous = { receiveMaximum: 100, maximumPacketSize: Number.POSITIVE_INFINITY }

it('sends nothing more on a connection that is ending: it may no longer be the one that was checked', () => {
  const { outbound, connection } = stage(generous)
  expect(outbound.pass(message('before'))).toEqual(message('before'))
  connection.ended = 'DUPLICATE_CLIENTID'
  expect(outbound.pass(message('after'))).toBeUndefined()
  expect(outbound.pass(message('after', 7))).toBeUndefined()
})

it('holds QoS 1 beyond Receive Maximum until the client acknowledges [MQTT-3.3.4-9]', () => {
  const { outbound, sent } = stage({ ...generous, receiveMaximum: 1 })
  expect(outbound.pass(message('1', 1))).toBeDefined()
  expect(outbound.pass(message('2', 2))).toBeUndefined()
  expect(outbound.pass(message('3', 3))).toBeUndefined()
  outbound.acknowledged(9)
  expect(sent).toEqual([])
  outbound.acknowledged(1)
  expect(sent).toEqual(['2'])
  outbound.acknowledged(1)
  outbound.acknowledged(2)
  expect(sent).toEqual(['2', '3'])
})

it('drops what is larger than the client takes, and acknowledges it in its place [MQTT-3.1.2-25]', () => {
  const { outbound, acknowledged } = stage({ ...generous, maximumPacketSize: 20 })
  expect(outbound.pass(message('small', 1))).toBeDefined()
  expect(outbound.pass(message('x'.repeat(20), 2))).toBeUndefined()
  expect(outbound.pass(message('x'.repeat(20)))).toBeUndefined()
  expect(acknowledged).toEqual([2])
})

it('discards QoS 0 above the rate of a connection, and QoS 1 never', () => {
  const { outbound, clock } = stage(generous)
  const through = (frame: Buffer) => outbound.pass(frame) !== undefined
  expect([through(message('1')), through(message('2')), through(message('3'))]).toEqual([true, true, false])
  expect(through(message('4', 1))).toBe(true)
  clock.at = 1000
  expect(through(message('5'))).toBe(true)
})
