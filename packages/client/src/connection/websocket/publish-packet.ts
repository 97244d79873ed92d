import { type PublishPacket, writePacket } from '../../mqtt5/index.js'
import { receivedProperties } from '../message-properties.js'
import type { ReceivedPacket } from '../transport.js'

/** One PUBLISH as the session takes it. */
export function receivedPacket({ topic, payload, qos, retain, duplicate, properties }: PublishPacket): ReceivedPacket {
  return { topic, payload, qos, retain, duplicate, ...receivedProperties(properties) }
}

/** Why MQTT cannot encode a packet; validated before waiting for a connection. */
export function unwritable(packet: PublishPacket): string | undefined {
  try {
    writePacket({ ...packet, payload: new Uint8Array(), qos: 0 })
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}
