import { ByteWriter } from './byte-writer.js'
import type { PublishPacket, ServerPacket } from './packet.js'
import {
  noProperties,
  type Properties,
  type PropertyForm,
  type PropertyName,
  type PropertyPlace,
  propertiesOf,
} from './properties.js'

/** First bytes (§2.1.2); PUBLISH adds its flags. */
const firstByte = {
  connack: 0x20,
  publish: 0x30,
  puback: 0x40,
  suback: 0x90,
  unsuback: 0xb0,
  pingresp: 0xd0,
  disconnect: 0xe0,
}

/** Shared by all packets, because they are written one after the other. */
const writer = new ByteWriter()

/** The bytes of a control packet. Fields that the protocol version or packet type does not have are omitted. */
export function writePacket(packet: ServerPacket, version: 4 | 5): Buffer {
  if (packet.type === 'publish') return writePublish(packet, version)
  if (packet.type === 'connack') {
    writer.byte(packet.sessionPresent ? 1 : 0)
    writer.byte(packet.reasonCode)
    if (version === 5) writeProperties(packet.properties ?? noProperties, 'connack')
  } else if (packet.type === 'puback') {
    writer.uint16(packet.packetId)
    // Omitted if it is 0 and nothing follows (§3.4.2.1).
    if (version === 5 && packet.reasonCode !== 0) writer.byte(packet.reasonCode)
  } else if (packet.type === 'suback' || packet.type === 'unsuback') {
    writer.uint16(packet.packetId)
    if (version === 5) writer.byte(0)
    // MQTT 3.1.1's UNSUBACK has no payload (§3.11).
    if (version === 5 || packet.type === 'suback') for (const code of packet.reasonCodes) writer.byte(code)
  } else if (packet.type === 'disconnect') {
    writer.byte(packet.reasonCode)
  }
  return writer.take(firstByte[packet.type])
}

function writePublish(packet: PublishPacket, version: 4 | 5): Buffer {
  const { topic, payload, qos, retain, dup, packetId, properties } = packet
  writer.text(topic)
  if (qos > 0) writer.uint16(packetId)
  if (version === 5) writeProperties(properties, 'publish')
  writer.raw(payload)
  return writer.take(firstByte.publish | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0))
}

function writeProperties(properties: Properties, place: PropertyPlace): void {
  if (properties === noProperties) {
    writer.byte(0)
    return
  }
  writer.sized(() => writeEach(properties, place))
}

function writeEach(properties: Properties, place: PropertyPlace): void {
  for (const { id, name, form } of propertiesOf(place)) {
    const value = properties[name]
    if (value === undefined) continue
    if (form === 'pair') {
      writeUserProperties(id, properties.userProperties ?? [])
      continue
    }
    writer.byte(id)
    writeValue(form, value)
  }
}

function writeUserProperties(id: number, userProperties: NonNullable<Properties['userProperties']>): void {
  for (const [name, value] of userProperties) {
    writer.byte(id)
    writer.text(name)
    writer.text(value)
  }
}

function writeValue(form: PropertyForm, value: Exclude<Properties[PropertyName], undefined>): void {
  if (typeof value === 'string') {
    writer.text(value)
  } else if (Buffer.isBuffer(value)) {
    writer.binary(value)
  } else if (typeof value === 'number') {
    writeNumber(form, value)
  }
}

function writeNumber(form: PropertyForm, value: number): void {
  if (form === 'uint16') {
    writer.uint16(value)
  } else if (form === 'uint32') {
    writer.uint32(value)
  } else if (form === 'varint') {
    writer.varint(value)
  } else {
    writer.byte(value)
  }
}
