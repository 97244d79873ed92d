import { ByteReader } from './byte-reader.js'
import { ByteWriter } from './byte-writer.js'
import { malformed, protocolError, unwritable } from './codec-error.js'

/** The properties of one packet, named as in MQTT 5 §2.2.2.2. */
export interface Properties {
  readonly payloadFormatIndicator?: number
  readonly messageExpiryInterval?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  /** Several if a message matches several subscriptions. */
  readonly subscriptionIdentifier?: readonly number[]
  readonly sessionExpiryInterval?: number
  readonly assignedClientIdentifier?: string
  readonly serverKeepAlive?: number
  readonly responseInformation?: string
  readonly serverReference?: string
  readonly reasonString?: string
  readonly receiveMaximum?: number
  readonly topicAliasMaximum?: number
  readonly topicAlias?: number
  readonly maximumQoS?: number
  readonly retainAvailable?: number
  readonly userProperties?: readonly UserProperty[]
  readonly maximumPacketSize?: number
  readonly wildcardSubscriptionAvailable?: number
  readonly subscriptionIdentifiersAvailable?: number
  readonly sharedSubscriptionAvailable?: number
}

export type UserProperty = readonly [name: string, value: string]

/** Packets that the client reads, and packets that it writes with properties; a will has its own. */
export type ReadPlace = 'connack' | 'disconnect' | 'puback' | 'publish' | 'suback' | 'unsuback'
export type WritePlace = 'connect' | 'disconnect' | 'puback' | 'publish' | 'will'

/** A number with this many bytes, or another data type. */
type Kind = 1 | 2 | 4 | 'binary' | 'pair' | 'text' | 'variable'

const answers = 'connack disconnect puback suback unsuback'
const message = 'publish'
const messageOrWill = 'publish will'
const all = 'connect disconnect puback publish will'

/** Identifier, name, type, the packets that are read and written with it, minimum and maximum of a number. */
type Property = readonly [
  id: number,
  name: keyof Properties,
  kind: Kind,
  read: string,
  written: string,
  least?: number,
  most?: number,
]

/**
 * The client's part of Table 2-4 of the specification. Enhanced authentication and the request for response information are omitted: this client never uses
 * them, so no response may contain them. The broker's DISCONNECT has no Session Expiry Interval [MQTT-3.14.2-2].
 */
const table = [
  [0x01, 'payloadFormatIndicator', 1, message, messageOrWill, 0, 1],
  [0x02, 'messageExpiryInterval', 4, message, messageOrWill],
  [0x03, 'contentType', 'text', message, messageOrWill],
  [0x08, 'responseTopic', 'text', message, messageOrWill],
  [0x09, 'correlationData', 'binary', message, messageOrWill],
  [0x0b, 'subscriptionIdentifier', 'variable', 'publish', '', 1],
  [0x11, 'sessionExpiryInterval', 4, 'connack', 'connect disconnect'],
  [0x12, 'assignedClientIdentifier', 'text', 'connack', ''],
  [0x13, 'serverKeepAlive', 2, 'connack', ''],
  [0x1a, 'responseInformation', 'text', 'connack', ''],
  [0x1c, 'serverReference', 'text', 'connack disconnect', ''],
  [0x1f, 'reasonString', 'text', answers, 'disconnect puback'],
  [0x21, 'receiveMaximum', 2, 'connack', 'connect', 1],
  [0x22, 'topicAliasMaximum', 2, 'connack', 'connect'],
  [0x23, 'topicAlias', 2, 'publish', 'publish', 1],
  [0x24, 'maximumQoS', 1, 'connack', '', 0, 1],
  [0x25, 'retainAvailable', 1, 'connack', '', 0, 1],
  [0x26, 'userProperties', 'pair', `${answers} publish`, all],
  [0x27, 'maximumPacketSize', 4, 'connack', 'connect', 1],
  [0x28, 'wildcardSubscriptionAvailable', 1, 'connack', '', 0, 1],
  [0x29, 'subscriptionIdentifiersAvailable', 1, 'connack', '', 0, 1],
  [0x2a, 'sharedSubscriptionAvailable', 1, 'connack', '', 0, 1],
] as const satisfies readonly Property[]
/**
 * Reads properties with their length prefix.
 *
 * @throws CodecError for a property that is not allowed in this packet, is repeated, or has an invalid value
 */
export function readProperties(reader: ByteReader, place: ReadPlace): Properties {
  const block = new ByteReader(reader.take(reader.variable()))
  const found: Partial<Record<keyof Properties, unknown>> = {}
  while (block.left > 0) {
    const id = block.variable()
    const property: Property | undefined = table.find(([known, , , read]) => known === id && standsIn(read, place))
    if (property === undefined) throw malformed(`property ${id} is not allowed in ${place}`)
    const [, name, kind] = property
    const value = readValue(block, kind)
    const several = kind === 'pair' || kind === 'variable'
    const repeated = !several && name in found
    if (repeated || (typeof value === 'number' && !inRange(property, value))) throw protocolError(`${name} ${value}`)
    found[name] = several ? [...((found[name] ?? []) as unknown[]), value] : value
  }
  return found as Properties
}

/** Writes properties with their length prefix. @throws CodecError for a property that is not allowed in this packet */
export function writeProperties(writer: ByteWriter, place: WritePlace, values: Properties): void {
  const block = new ByteWriter()
  for (const [name, value] of Object.entries(values)) {
    const property: Property | undefined = table.find(
      ([, known, , , written]) => known === name && standsIn(written, place),
    )
    if (property === undefined) throw unwritable(`${place} has no property ${name}`)
    for (const one of property[2] === 'pair' ? value : [value]) {
      block.variable(property[0])
      writeValue(block, property, one)
    }
  }
  const bytes = block.body()
  writer.variable(bytes.length)
  writer.raw(bytes)
}

function readValue(block: ByteReader, kind: Kind): unknown {
  if (kind === 'pair') return [block.text(), block.text()]
  return typeof kind === 'number' ? block.unsigned(kind) : block[kind]()
}

function writeValue(block: ByteWriter, property: Property, value: unknown): void {
  const [, name, kind] = property
  if (kind === 'text' && typeof value === 'string') {
    block.text(value)
  } else if (kind === 'binary' && value instanceof Uint8Array) {
    block.binary(value)
  } else if (kind === 'pair' && Array.isArray(value) && value.length === 2) {
    for (const text of value) block.text(String(text))
  } else if (typeof kind === 'number' && typeof value === 'number' && inRange(property, value)) {
    block.unsigned(kind, value)
  } else {
    throw unwritable(`${name} must not be ${typeof value === 'number' ? value : typeof value}`)
  }
}

function inRange([, , , , , least = 0, most]: Property, value: number): boolean {
  return Number.isInteger(value) && value >= least && (most === undefined || value <= most)
}

/** Compares whole words: `unsuback` does not contain `puback`. */
function standsIn(places: string, place: ReadPlace | WritePlace): boolean {
  return places.split(' ').includes(place)
}
