import { type Packet, parser } from 'mqtt-packet'
import { FrameSplitter } from './frames.js'

/** The bytes are not MQTT [MQTT-4.13.1-1]. */
export class MalformedPacketError extends Error {
  override name = 'MalformedPacketError'
}

/** Reads a client's bytes, one control packet at a time. The protocol version follows from the CONNECT that it reads. */
export class PacketReader {
  readonly #splitter: FrameSplitter
  readonly #parser = parser()
  readonly #frames: Buffer[] = []
  #parsed: Packet | Error | undefined

  constructor(maximumPacketSize: number) {
    this.#splitter = new FrameSplitter(maximumPacketSize)
    this.#parser.on('packet', (packet) => {
      this.#parsed = packet
    })
    this.#parser.on('error', (error) => {
      this.#parsed = error
    })
  }

  /** @throws FrameError */
  push(bytes: Buffer): void {
    for (const frame of this.#splitter.push(bytes)) this.#frames.push(frame)
  }

  /** The next whole packet, if there is one. @throws MalformedPacketError */
  next(): Packet | undefined {
    const frame = this.#frames.shift()
    if (frame === undefined) return undefined
    this.#parsed = undefined
    try {
      this.#parser.parse(frame)
    } catch (cause) {
      throw new MalformedPacketError('the packet ends before its fields do', { cause })
    }
    const packet = this.#parsed as Packet | Error | undefined
    if (packet === undefined) throw new MalformedPacketError('the packet ends before its fields do')
    if (packet instanceof Error) throw new MalformedPacketError(packet.message, { cause: packet })
    // What is missing at the end is read as -1.
    if (needsIdentifier(packet) && !((packet.messageId ?? 0) > 0))
      throw new MalformedPacketError('the packet identifier is 0 or missing [MQTT-2.2.1-3]')
    if (packet.cmd === 'publish') checkProperties(packet.properties ?? {})
    for (const text of textsOf(packet)) checkText(text, frame)
    return packet
  }
}

function needsIdentifier(packet: Packet): boolean {
  return packet.cmd === 'publish' ? packet.qos > 0 : packet.cmd === 'subscribe' || packet.cmd === 'unsubscribe'
}

const none: readonly string[] = []

/** The UTF-8 fields that decide what a packet is about. */
function textsOf(packet: Packet): readonly string[] {
  switch (packet.cmd) {
    case 'connect':
      return packet.will === undefined ? [packet.clientId] : [packet.clientId, packet.will.topic]
    case 'publish':
      return [packet.topic]
    case 'subscribe':
      return packet.subscriptions.map(({ topic }) => topic)
    case 'unsubscribe':
      return packet.unsubscriptions
    default:
      return none
  }
}

/** What a PUBLISH from a client may carry (§3.3.2.3). */
const PUBLISH_PROPERTIES = new Set([
  'payloadFormatIndicator',
  'messageExpiryInterval',
  'topicAlias',
  'responseTopic',
  'correlationData',
  'userProperties',
  'subscriptionIdentifier',
  'contentType',
])

/** Subscribers get these properties, and could not be sent what was cut short (read as null), misplaced or doubled (a list). */
function checkProperties(properties: object): void {
  for (const [name, value] of Object.entries(properties) as [string, unknown][]) {
    if (!PUBLISH_PROPERTIES.has(name)) throw new MalformedPacketError(`PUBLISH has no property ${name} (§3.3.2.3)`)
    const values: unknown[] = name === 'userProperties' ? Object.values(value ?? {}).flat() : [value]
    if (value === null || value === -1 || values.includes(null))
      throw new MalformedPacketError(`property ${name} ends before its value does`)
    if (Array.isArray(value)) throw new MalformedPacketError(`property ${name} comes more than once (§3.3.2.3)`)
  }
}

/** Ill-formed UTF-8 closes the connection [MQTT-1.5.4-1]. Decoding put U+FFFD there, which the bytes then do not contain. */
function checkText(text: string, frame: Buffer): void {
  if (text.includes('\ufffd') && !frame.includes(text))
    throw new MalformedPacketError('a string is not well-formed UTF-8 [MQTT-1.5.4-1]')
}
