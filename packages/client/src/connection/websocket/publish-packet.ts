import { unsendable } from '../../errors.js'
import { type PublishPacket, writePacket } from '../../mqtt5/index.js'
import { receivedProperties } from '../message-properties.js'
import type { ReceivedPacket } from '../transport.js'

/** One PUBLISH as the session takes it. */
export function receivedPacket({ topic, payload, qos, retain, duplicate, properties }: PublishPacket): ReceivedPacket {
  return { topic, payload, qos, retain, duplicate, ...receivedProperties(properties) }
}

/** Validates before waiting for a connection. @throws TopicCredentialsError `invalid_argument` */
export function requireWritable(packet: PublishPacket): void {
  try {
    writePacket({ ...packet, payload: new Uint8Array(), qos: 0 })
  } catch (error) {
    throw unsendable((error as Error).message)
  }
}
