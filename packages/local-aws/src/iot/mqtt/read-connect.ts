import { type ByteReader, malformed } from './byte-reader.js'
import type { ConnectPacket, Qos, Will } from './packet.js'
import { noProperties } from './properties.js'
import { readProperties } from './read-properties.js'

const flag = { reserved: 0x01, cleanStart: 0x02, will: 0x04, willRetain: 0x20, password: 0x40, userName: 0x80 }

/** CONNECT (§3.1). User name and password are ignored: SigV4 has authenticated the client. @throws PacketError */
export function readConnect(reader: ByteReader): ConnectPacket {
  const protocolName = reader.text()
  const protocolVersion = reader.byte()
  if (protocolName !== 'MQTT' && protocolName !== 'MQIsdp') {
    throw malformed(`the protocol name must be MQTT, not ${JSON.stringify(protocolName)} [MQTT-3.1.2-1]`, protocolName)
  }
  if (protocolVersion !== 4 && protocolVersion !== 5) return unknownLevel(protocolVersion)
  const flags = reader.byte()
  checkFlags(flags, protocolVersion)
  const keepAliveSeconds = reader.uint16()
  const properties = protocolVersion === 5 ? readProperties(reader, 'connect') : noProperties
  const clientId = reader.text()
  const will = (flags & flag.will) === 0 ? undefined : readWill(reader, flags, protocolVersion)
  if ((flags & flag.userName) !== 0) reader.text()
  if ((flags & flag.password) !== 0) reader.binary()
  reader.finish()
  const cleanStart = (flags & flag.cleanStart) !== 0
  return { type: 'connect', protocolVersion, clientId, cleanStart, keepAliveSeconds, will, properties }
}

function unknownLevel(protocolVersion: number): ConnectPacket {
  return {
    type: 'connect',
    protocolVersion,
    clientId: '',
    cleanStart: true,
    keepAliveSeconds: 0,
    will: undefined,
    properties: noProperties,
  }
}

function checkFlags(flags: number, protocolVersion: 4 | 5): void {
  if ((flags & flag.reserved) !== 0) throw malformed('the reserved flag of CONNECT is set [MQTT-3.1.2-3]', flags)
  const qos = (flags >> 3) & 3
  if (qos === 3) throw malformed('the QoS of the last will is 3 [MQTT-3.1.2-12]', flags)
  if ((flags & flag.will) === 0 && (qos !== 0 || (flags & flag.willRetain) !== 0)) {
    throw malformed('QoS or RETAIN of a last will is set, but there is no will [MQTT-3.1.2-11], [MQTT-3.1.2-13]', flags)
  }
  // MQTT 5 allows a password without a user name.
  if (protocolVersion === 4 && (flags & flag.password) !== 0 && (flags & flag.userName) === 0) {
    throw malformed('a password is sent without a user name [MQTT-3.1.2-22]', flags)
  }
}

function readWill(reader: ByteReader, flags: number, protocolVersion: 4 | 5): Will {
  const properties = protocolVersion === 5 ? readProperties(reader, 'will') : noProperties
  const topic = reader.text()
  const payload = reader.binary()
  return { topic, payload, qos: ((flags >> 3) & 3) as Qos, retain: (flags & flag.willRetain) !== 0, properties }
}
