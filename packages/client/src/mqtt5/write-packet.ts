import { ByteWriter } from './byte-writer.js'
import { unwritable } from './codec-error.js'
import type { ClientPacket, ConnectPacket, PublishPacket } from './packets.js'
import { type Properties, type WritePlace, writeProperties } from './properties.js'

/**
 * Encodes one packet of a client.
 *
 * @returns the bytes, fixed header included
 * @throws CodecError `unwritable_value` for what MQTT 5 cannot encode: strings over 65,535 bytes, a lone surrogate, a packet identifier
 *   of 0, a property that is not allowed in the packet. It never writes a different packet than requested.
 */
export function writePacket(packet: ClientPacket): Uint8Array {
  const writer = new ByteWriter()
  return writer.packet(write(writer, packet))
}

/** @returns the first byte of the fixed header */
function write(writer: ByteWriter, packet: ClientPacket): number {
  switch (packet.type) {
    case 'connect':
      writeConnect(writer, packet)
      return 0x10
    case 'publish':
      return writePublish(writer, packet)
    case 'puback':
      writeId(writer, packet.id)
      writeReason(writer, 'puback', packet)
      return 0x40
    case 'subscribe':
      writeId(writer, packet.id)
      writer.variable(0)
      for (const { filter, qos } of packet.subscriptions) {
        writeTopic(writer, filter)
        writer.unsigned(1, checkQos(qos))
      }
      return 0x82
    case 'unsubscribe':
      writeId(writer, packet.id)
      writer.variable(0)
      for (const filter of packet.filters) writeTopic(writer, filter)
      return 0xa2
    case 'pingreq':
      return 0xc0
    case 'disconnect':
      writeReason(writer, 'disconnect', packet)
      return 0xe0
  }
}

function writeConnect(writer: ByteWriter, packet: ConnectPacket): void {
  const { clientId, cleanStart, keepAliveSeconds, will, properties } = packet
  writer.text('MQTT')
  writer.unsigned(1, 5)
  const willFlags = will === undefined ? 0 : 0x04 | (checkQos(will.qos) << 3) | (will.retain ? 0x20 : 0)
  writer.unsigned(1, (cleanStart ? 0x02 : 0) | willFlags)
  writer.unsigned(2, keepAliveSeconds)
  writeProperties(writer, 'connect', properties)
  writer.text(clientId)
  if (will === undefined) return
  writeProperties(writer, 'will', will.properties ?? {})
  writeTopic(writer, will.topic)
  writer.binary(will.payload)
}

function writePublish(writer: ByteWriter, packet: PublishPacket): number {
  const { topic, payload, qos, retain, duplicate, id, properties } = packet
  if (/[#+]/u.test(topic)) throw unwritable('MQTT-3.3.2-2')
  if (/[#+]|^$/u.test(properties.responseTopic ?? 'x')) throw unwritable('responseTopic is not a topic')
  writeTopic(writer, topic)
  if (checkQos(qos) === 1) writeId(writer, id)
  writeProperties(writer, 'publish', properties)
  writer.raw(payload)
  return 0x30 | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
}

/** Reason code and properties; omitted if both are the defaults. */
function writeReason(
  writer: ByteWriter,
  place: WritePlace,
  { reasonCode, properties }: { readonly reasonCode: number; readonly properties: Properties },
): void {
  const silent = Object.keys(properties).length === 0
  if (silent && reasonCode === 0) return
  writer.unsigned(1, reasonCode)
  if (!silent) writeProperties(writer, place, properties)
}

function writeId(writer: ByteWriter, id: number): void {
  if (id === 0) throw unwritable('MQTT-2.2.1-3')
  writer.unsigned(2, id)
}

function writeTopic(writer: ByteWriter, topic: string): void {
  if (topic === '') throw unwritable('MQTT-4.7.3-1')
  writer.text(topic)
}

function checkQos(qos: number): number {
  if (qos === 0 || qos === 1) return qos
  throw unwritable(`QoS ${qos}`)
}
