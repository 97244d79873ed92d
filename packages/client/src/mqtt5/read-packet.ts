import { ByteReader } from './byte-reader.js'
import { malformed, protocolError } from './codec-error.js'
import type { RawPacket } from './packet-splitter.js'
import type { PublishPacket, ServerPacket } from './packets.js'
import { type Properties, type ReadPlace, readProperties } from './properties.js'

const none: Properties = {}

/**
 * Parses one packet of a broker strictly by the specification: flags, packet identifiers, properties and where they are allowed, no missing
 * fields and no extra bytes. AUTH and QoS 2 packets are protocol errors, because this client requests neither.
 *
 * @throws CodecError
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html chapter 3
 */
export function readPacket({ head, body }: RawPacket): ServerPacket {
  const reader = new ByteReader(body)
  const packet = read(head, reader)
  if (reader.left === 0) return packet
  throw malformed('a packet is too long')
}

function read(head: number, reader: ByteReader): ServerPacket {
  const type = head >> 4
  if (type === 3) return readPublish(head & 0x0f, reader)
  if ((head & 0x0f) !== 0) throw malformed('MQTT-2.1.3-1')
  switch (type) {
    case 2: {
      const flags = reader.unsigned(1)
      if (flags > 1) throw malformed('MQTT-3.2.2-1')
      const reasonCode = reader.unsigned(1)
      if (flags === 1 && reasonCode !== 0) {
        throw protocolError('MQTT-3.2.2-6')
      }
      const properties = readProperties(reader, 'connack')
      return { type: 'connack', sessionPresent: flags === 1, reasonCode, properties }
    }
    case 4:
      return { type: 'puback', id: readId(reader), ...readReason(reader, 'puback') }
    case 9:
    case 11: {
      const id = readId(reader)
      const place = type === 9 ? 'suback' : 'unsuback'
      const properties = readProperties(reader, place)
      const reasonCodes = [...reader.take(reader.left)]
      if (reasonCodes.length > 0) return { type: place, id, reasonCodes, properties }
      throw malformed('a packet is too short')
    }
    case 13:
      return { type: 'pingresp' }
    case 14:
      return { type: 'disconnect', ...readReason(reader, 'disconnect') }
    default:
      throw protocolError(`packet type ${type}`)
  }
}

function readPublish(flags: number, reader: ByteReader): PublishPacket {
  const qos = (flags >> 1) & 3
  const duplicate = (flags & 8) !== 0
  if (qos === 3) throw malformed('MQTT-3.3.1-4')
  // No subscription of this client uses it.
  if (qos === 2) throw protocolError('QoS 2')
  if (qos === 0 && duplicate) throw malformed('MQTT-3.3.1-2')
  const topic = reader.text()
  const id = qos === 0 ? 0 : readId(reader)
  const properties = readProperties(reader, 'publish')
  // Topic aliases are not allowed, because the client announces no Topic Alias Maximum [MQTT-3.3.2-9].
  if (topic === '' || properties.topicAlias !== undefined) {
    throw protocolError('MQTT-3.3.2-9')
  }
  if (/[#+]/u.test(topic)) throw malformed('MQTT-3.3.2-2')
  const payload = reader.take(reader.left).slice()
  return {
    type: 'publish',
    topic,
    payload,
    qos: qos === 0 ? 0 : 1,
    retain: (flags & 1) !== 0,
    duplicate,
    id,
    properties,
  }
}

function readId(reader: ByteReader): number {
  const id = reader.unsigned(2)
  if (id !== 0) return id
  throw malformed('MQTT-2.2.1-3')
}

/** Reason code and properties, both optional at the end (§3.4.2.1, §3.14.2.1). */
function readReason(reader: ByteReader, place: ReadPlace): { reasonCode: number; properties: Properties } {
  const reasonCode = reader.left === 0 ? 0 : reader.unsigned(1)
  const properties = reader.left === 0 ? none : readProperties(reader, place)
  return { reasonCode, properties }
}
