import { ByteReader, malformed } from './byte-reader.js'
import { PacketError } from './errors.js'
import type { BarePacket, ClientPacket, FilterRequest, PublishPacket, Qos } from './packet.js'
import { noProperties } from './properties.js'
import { readConnect } from './read-connect.js'
import { readProperties } from './read-properties.js'

/** Control packets by the number in their first byte (§2.1.2); 0 is reserved. */
const packetTypes = [
  undefined,
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
] as const

/** The flags of all packet types except PUBLISH [MQTT-2.1.3-1]. */
function requiredFlags(type: string): number {
  return type === 'pubrel' || type === 'subscribe' || type === 'unsubscribe' ? 2 : 0
}

/**
 * Parses one complete packet of a client. Strict: packets that MQTT calls malformed are refused here and never reach the rules.
 * @param version 4 for MQTT 3.1.1, 5 for MQTT 5; a CONNECT contains its own version
 * @throws PacketError
 */
export function readPacket(frame: Buffer, version: 4 | 5): ClientPacket {
  const first = frame[0] ?? 0
  const type = packetTypes[first >> 4]
  const flags = first & 0x0f
  if (type === undefined) throw malformed('packet type 0 is reserved (§2.1.2)', 0)
  const reader = new ByteReader(frame, 1)
  reader.varint() // the remaining length, which the frame was cut by
  if (type === 'publish') return readPublish(reader, flags, version)
  if (flags !== requiredFlags(type)) {
    throw malformed(`the flags of ${type.toUpperCase()} are ${flags} [MQTT-2.1.3-1]`, flags)
  }
  switch (type) {
    case 'connect':
      return readConnect(reader)
    case 'puback':
      return readPuback(reader, version)
    case 'subscribe':
      return readSubscribe(reader, version)
    case 'unsubscribe':
      return readUnsubscribe(reader, version)
    case 'disconnect':
      return readDisconnect(reader, version)
    case 'pingreq':
      reader.finish()
      return { type }
    default:
      return { type } satisfies BarePacket
  }
}

function readPublish(reader: ByteReader, flags: number, version: 4 | 5): PublishPacket {
  const qos = (flags >> 1) & 3
  if (qos === 3) throw malformed('the QoS of a PUBLISH is 3 [MQTT-3.3.1-4]', qos)
  const dup = (flags & 8) !== 0
  if (dup && qos === 0) throw malformed('DUP is set on QoS 0 [MQTT-3.3.1-2]')
  const topic = reader.text()
  const packetId = qos === 0 ? 0 : identifier(reader)
  const properties = version === 5 ? readProperties(reader, 'publish') : noProperties
  const retain = (flags & 1) !== 0
  return { type: 'publish', topic, payload: reader.rest(), qos: qos as Qos, retain, dup, packetId, properties }
}

function readPuback(reader: ByteReader, version: 4 | 5): ClientPacket {
  const packetId = identifier(reader)
  // Reason code and properties are optional (§3.4.2.1).
  const reasonCode = version === 5 && reader.left > 0 ? reader.byte() : 0
  if (version === 5 && reader.left > 0) readProperties(reader, 'puback')
  reader.finish()
  return { type: 'puback', packetId, reasonCode }
}

function readSubscribe(reader: ByteReader, version: 4 | 5): ClientPacket {
  const packetId = identifier(reader)
  const properties = version === 5 ? readProperties(reader, 'subscribe') : noProperties
  const filters: FilterRequest[] = []
  while (reader.left > 0) filters.push(readFilter(reader, version))
  return { type: 'subscribe', packetId, filters, properties }
}

function readFilter(reader: ByteReader, version: 4 | 5): FilterRequest {
  const filter = reader.text()
  const options = reader.byte()
  const qos = options & 3
  const retainHandling = (options >> 4) & 3
  if (qos === 3 || options >= (version === 5 ? 0x40 : 4)) {
    throw malformed(`the subscription options are 0x${options.toString(16)} [MQTT-3.8.3-5]`, options)
  }
  if (retainHandling === 3) throw new PacketError('protocol_error', 'Retain Handling is 3 (§3.8.3.1)', 3)
  return {
    filter,
    qos: qos as Qos,
    noLocal: (options & 4) !== 0,
    retainAsPublished: (options & 8) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2,
  }
}

function readUnsubscribe(reader: ByteReader, version: 4 | 5): ClientPacket {
  const packetId = identifier(reader)
  if (version === 5) readProperties(reader, 'unsubscribe')
  const filters: string[] = []
  while (reader.left > 0) filters.push(reader.text())
  return { type: 'unsubscribe', packetId, filters }
}

function readDisconnect(reader: ByteReader, version: 4 | 5): ClientPacket {
  const reasonCode = version === 5 && reader.left > 0 ? reader.byte() : 0
  const properties = version === 5 && reader.left > 0 ? readProperties(reader, 'disconnect') : noProperties
  reader.finish()
  return { type: 'disconnect', reasonCode, properties }
}

function identifier(reader: ByteReader): number {
  const packetId = reader.uint16()
  if (packetId === 0) throw malformed('the packet identifier is 0 [MQTT-2.2.1-3]', 0)
  return packetId
}
