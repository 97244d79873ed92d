import { expect, it } from '@jest/globals'
import type { Packet } from 'mqtt-packet'
import { Broker } from './broker.js'
import { BrokerStream, type StreamOwner } from './broker-stream.js'
import type { MqttConnection } from './connection.js'
import { Handover } from './handover.js'
import type { Plane } from './plane.js'

it('stores no subscription that was not granted, even one that comes past the checks', async () => {
  const frames: Buffer[] = []
  let more = (): void => undefined
  const owner: StreamOwner & Pick<MqttConnection, 'handover' | 'ended'> = {
    handover: new Handover(),
    ended: undefined,
    fromBroker: (received) => {
      frames.push(...received)
      more()
    },
    brokerReads: () => undefined,
    streamClosed: () => undefined,
  }
  const stream = new BrokerStream(owner)
  const connection = { filters: new Map([['granted', 1]]), stream, clientId: 'alice' } as unknown as MqttConnection
  const broker = await Broker.start(() => ({ connected: new Map([['alice', connection]]) }) as unknown as Plane)
  const send = (packet: Packet) => {
    const answered = new Promise<void>((resolve) => {
      more = resolve
    })
    stream.give(packet)
    return answered
  }
  broker.attach(connection)
  await send({ cmd: 'connect', clientId: 'alice', protocolId: 'MQTT', protocolVersion: 4, clean: false, keepalive: 0 })
  const subscriptions = ['granted', 'refused'].map((topic) => ({ topic, qos: 1 as const }))
  await send({ cmd: 'subscribe', messageId: 1, subscriptions })
  expect(frames.map((frame) => (frame[0] as number) >> 4)).toEqual([2, 9])
  expect([...(await broker.store.subscriptionsOf('alice')).keys()]).toEqual(['granted'])
  await broker.close()
})
