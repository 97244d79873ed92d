import { isUtf8 } from 'node:buffer'

/**
 * Judges what a server sends as the strictest client would. Written from the specification's text alone and sharing nothing with the encoder it
 * judges: property identifiers, reason codes and flags are listed again.
 */

/** A server sent what MQTT forbids. */
export class ServerViolation extends Error {
  override readonly name = 'ServerViolation'
  readonly code = 'server_violation'
}

/** What is of interest in a packet beyond its being right. */
export interface Judged {
  readonly type: number
  readonly packetId: number
  readonly qos: number
  /** In the order in which they stand. */
  readonly userProperties: readonly (readonly [string, string])[]
}

const [connack, publish, puback, suback, unsuback, pingresp, disconnect, auth] = [2, 3, 4, 9, 11, 13, 14, 15]

/** Table 2-4, for what servers send. */
const allowedProperties: Readonly<Record<number, readonly number[]>> = {
  [connack]: [0x11, 0x12, 0x13, 0x15, 0x16, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a],
  [publish]: [0x01, 0x02, 0x03, 0x08, 0x09, 0x0b, 0x23, 0x26],
  [puback]: [0x1f, 0x26],
  [suback]: [0x1f, 0x26],
  [unsuback]: [0x1f, 0x26],
  [disconnect]: [0x1c, 0x1f, 0x26], // 0x11 is the client's alone [MQTT-3.14.2-2]
  [auth]: [0x15, 0x16, 0x1f, 0x26],
}
const oneByte = [0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a]
const twoBytes = [0x13, 0x21, 0x22, 0x23]
const fourBytes = [0x02, 0x11, 0x18, 0x27]
const binary = [0x09, 0x16]
const notZero = [0x0b, 0x21, 0x23, 0x27]

/** Reason codes that a server may send (§3.x.2.1). */
const reasonCodes: Readonly<Record<number, readonly number[]>> = {
  [connack]: [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b,
    0x9c, 0x9d, 0x9f,
  ],
  [puback]: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  [suback]: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  [unsuback]: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  [disconnect]: [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
    0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
}
const returnCodes = { [connack]: [0, 1, 2, 3, 4, 5], [suback]: [0, 1, 2, 0x80] } as const

class Cursor {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  number(size: 1 | 2 | 4): number {
    return this.take(size).readUIntBE(0, size)
  }

  varint(): number {
    const start = this.at
    let value = 0
    for (let shift = 0; ; shift += 7) {
      if (shift > 21) violate('a variable byte integer has more than four bytes (§1.5.5)')
      const byte = this.number(1)
      value += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    const needed = value < 2 ** 7 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : 4
    if (this.at - start !== needed) violate('a variable byte integer is not in its shortest form [MQTT-1.5.5-1]')
    return value
  }

  text(): string {
    const bytes = this.take(this.number(2))
    if (!isUtf8(bytes)) violate('a string is not UTF-8 [MQTT-1.5.4-1]')
    if (bytes.includes(0)) violate('a string contains U+0000 [MQTT-1.5.4-2]')
    return bytes.toString()
  }

  take(size: number): Buffer {
    if (size > this.left) violate(`${size} bytes are wanted and ${this.left} are left`)
    this.at += size
    return this.bytes.subarray(this.at - size, this.at)
  }
}

/** @throws ServerViolation */
export function judgeFrame(frame: Buffer, version: 4 | 5): Judged {
  const cursor = new Cursor(frame)
  const first = cursor.number(1)
  const [type, flags] = [first >> 4, first & 15]
  const length = cursor.varint()
  if (length !== cursor.left) violate(`the remaining length is ${length} and ${cursor.left} bytes follow (§2.1.4)`)
  if (type !== publish && flags !== 0) violate(`the flags of packet type ${type} are ${flags} [MQTT-2.1.3-1]`)
  if (type === publish) return judgePublish(cursor, flags, version)
  const judged = judgeOther(cursor, type, version)
  if (cursor.left > 0) violate(`${cursor.left} bytes follow the last field of packet type ${type}`)
  return { type, qos: 0, ...judged }
}

function judgePublish(cursor: Cursor, flags: number, version: 4 | 5): Judged {
  const qos = (flags >> 1) & 3
  if (qos === 3) violate('the QoS of a PUBLISH is 3 [MQTT-3.3.1-4]')
  if (qos === 0 && flags & 8) violate('DUP is set with QoS 0 [MQTT-3.3.1-2]')
  const topic = cursor.text()
  if (/[+#]/u.test(topic)) violate(`the topic ${topic} contains a wildcard [MQTT-3.3.2-2]`)
  if (topic === '') violate('the topic is empty, and no topic alias was agreed on [MQTT-4.7.3-1]')
  const packetId = qos > 0 ? identifier(cursor) : 0
  const userProperties = version === 5 ? judgeProperties(cursor, publish) : []
  return { type: publish, packetId, qos, userProperties }
}

function judgeOther(cursor: Cursor, type: number, version: 4 | 5): Omit<Judged, 'type' | 'qos'> {
  const isAck = type === puback || type === suback || type === unsuback
  const packetId = isAck ? identifier(cursor) : 0
  let userProperties: Judged['userProperties'] = []
  const code = (codes: readonly number[] = []) => {
    const value = cursor.number(1)
    if (!codes.includes(value)) violate(`packet type ${type} cannot carry the code 0x${value.toString(16)}`)
    return value
  }
  if (type === connack) {
    const acknowledge = cursor.number(1)
    const value = code(version === 5 ? reasonCodes[connack] : returnCodes[connack])
    if (acknowledge > 1) violate('the CONNACK flags 7 to 1 are not 0 [MQTT-3.2.2-1]')
    if (acknowledge === 1 && value !== 0) violate('Session Present is set in a refusal [MQTT-3.2.2-6]')
    if (version === 5) userProperties = judgeProperties(cursor, type)
  } else if (type === puback || type === disconnect) {
    if (version === 4 && type === disconnect) violate('a server sends no DISCONNECT in MQTT 3.1.1 (§3.14)')
    if (version === 5 && cursor.left > 0) code(reasonCodes[type])
    if (version === 5 && cursor.left > 0) userProperties = judgeProperties(cursor, type)
  } else if (type === suback || type === unsuback) {
    if (version === 5) userProperties = judgeProperties(cursor, type)
    if (type === suback && cursor.left === 0) violate('SUBACK has no reason code (§3.9.3)')
    if (type === unsuback && version === 4) return { packetId, userProperties }
    while (cursor.left > 0) code(version === 5 ? reasonCodes[type] : returnCodes[suback])
  } else if (type !== pingresp) {
    violate(`a server does not send packet type ${type} here (§2.1.2)`)
  }
  return { packetId, userProperties }
}

function judgeProperties(cursor: Cursor, type: number): [string, string][] {
  const properties = new Cursor(cursor.take(cursor.varint()))
  const userProperties: [string, string][] = []
  const seen = new Set<number>()
  while (properties.left > 0) {
    const id = properties.varint()
    const name = `property 0x${id.toString(16).padStart(2, '0')}`
    if (!allowedProperties[type]?.includes(id)) violate(`packet type ${type} cannot carry ${name} (§2.2.2.2)`)
    if (id === 0x26) {
      userProperties.push([properties.text(), properties.text()])
      continue
    }
    if (seen.has(id) && id !== 0x0b) violate(`${name} comes twice`)
    seen.add(id)
    const value = readValue(properties, id)
    if (oneByte.includes(id) && Number(value) > 1) violate(`${name} is ${value} and no Boolean`)
    if (value === 0 && notZero.includes(id)) violate(`${name} is 0`)
  }
  return userProperties
}

function readValue(properties: Cursor, id: number): number | string | Buffer {
  if (oneByte.includes(id)) return properties.number(1)
  if (twoBytes.includes(id)) return properties.number(2)
  if (fourBytes.includes(id)) return properties.number(4)
  if (binary.includes(id)) return properties.take(properties.number(2))
  return id === 0x0b ? properties.varint() : properties.text()
}

function identifier(cursor: Cursor): number {
  const packetId = cursor.number(2)
  if (packetId === 0) violate('the packet identifier is 0 [MQTT-2.2.1-3]')
  return packetId
}

function violate(message: string): never {
  throw new ServerViolation(message)
}
