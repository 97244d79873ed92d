import { ByteReader } from './byte-reader.js'
import { ByteWriter } from './byte-writer.js'
import { CodecError, malformed, unwritable } from './codec-error.js'

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

/** Packets that the client reads, and packets that it writes; a will has its own properties. */
export type ReadPlace = 'connack' | 'disconnect' | 'puback' | 'publish' | 'suback' | 'unsuback'
export type WritePlace = 'connect' | 'disconnect' | 'puback' | 'publish' | 'subscribe' | 'unsubscribe' | 'will'

type Kind = 'binary' | 'byte' | 'four' | 'pair' | 'text' | 'two' | 'variable'

interface Property {
  readonly id: number
  readonly name: keyof Properties
  readonly kind: Kind
  readonly read: string
  readonly written: string
  /** Minimum of a number; the default maximum is given by its size. */
  readonly least: number
  readonly most: number
}

const answers = 'connack disconnect puback suback unsuback'
const message = 'publish'
const messageOrWill = 'publish will'
const all = 'connect disconnect puback publish subscribe unsubscribe will'
const any = Number.POSITIVE_INFINITY

/**
 * The client's part of Table 2-4 of the specification: identifier, name, type, the packets from which it is read and to which it is written,
 * minimum and maximum of a number. Enhanced authentication and the request for response information are omitted: this client never uses
 * them, so no response may contain them. The broker's DISCONNECT has no Session Expiry Interval [MQTT-3.14.2-2].
 */
const table: readonly (readonly [number, keyof Properties, Kind, string, string, number?, number?])[] = [
  [0x01, 'payloadFormatIndicator', 'byte', message, messageOrWill, 0, 1],
  [0x02, 'messageExpiryInterval', 'four', message, messageOrWill],
  [0x03, 'contentType', 'text', message, messageOrWill],
  [0x08, 'responseTopic', 'text', message, messageOrWill],
  [0x09, 'correlationData', 'binary', message, messageOrWill],
  [0x0b, 'subscriptionIdentifier', 'variable', 'publish', '', 1],
  [0x11, 'sessionExpiryInterval', 'four', 'connack', 'connect disconnect'],
  [0x12, 'assignedClientIdentifier', 'text', 'connack', ''],
  [0x13, 'serverKeepAlive', 'two', 'connack', ''],
  [0x1a, 'responseInformation', 'text', 'connack', ''],
  [0x1c, 'serverReference', 'text', 'connack disconnect', ''],
  [0x1f, 'reasonString', 'text', answers, 'disconnect puback'],
  [0x21, 'receiveMaximum', 'two', 'connack', 'connect', 1],
  [0x22, 'topicAliasMaximum', 'two', 'connack', 'connect'],
  [0x23, 'topicAlias', 'two', 'publish', 'publish', 1],
  [0x24, 'maximumQoS', 'byte', 'connack', '', 0, 1],
  [0x25, 'retainAvailable', 'byte', 'connack', '', 0, 1],
  [0x26, 'userProperties', 'pair', `${answers} publish`, all],
  [0x27, 'maximumPacketSize', 'four', 'connack', 'connect', 1],
  [0x28, 'wildcardSubscriptionAvailable', 'byte', 'connack', '', 0, 1],
  [0x29, 'subscriptionIdentifiersAvailable', 'byte', 'connack', '', 0, 1],
  [0x2a, 'sharedSubscriptionAvailable', 'byte', 'connack', '', 0, 1],
]
const properties: readonly Property[] = table.map(([id, name, kind, read, written, least = 0, most = any]) => {
  return { id, name, kind, read, written, least, most }
})
const byId = new Map(properties.map((property) => [property.id, property]))
const byName: ReadonlyMap<string, Property> = new Map(properties.map((property) => [property.name, property]))

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
    const property = byId.get(id)
    if (property === undefined || !standsIn(property.read, place)) {
      throw malformed(`property ${id} is not allowed in ${place}`)
    }
    const { name, kind } = property
    const value = readValue(block, property)
    const several = kind === 'pair' || kind === 'variable'
    if (!several && name in found) throw new CodecError('protocol_error', `${name} is repeated`)
    found[name] = several ? [...((found[name] ?? []) as unknown[]), value] : value
  }
  return found as Properties
}

/** Writes properties with their length prefix. @throws CodecError for a property that is not allowed in this packet */
export function writeProperties(writer: ByteWriter, place: WritePlace, values: Properties): void {
  const block = new ByteWriter()
  for (const [name, value] of Object.entries(values)) {
    const property = byName.get(name)
    if (property === undefined || !standsIn(property.written, place)) {
      throw unwritable(`${place} has no property ${name}`)
    }
    for (const one of property.kind === 'pair' ? value : [value]) {
      block.variable(property.id)
      writeValue(block, property, one)
    }
  }
  const bytes = block.body()
  writer.variable(bytes.length)
  writer.raw(bytes)
}

function readValue(block: ByteReader, property: Property): unknown {
  switch (property.kind) {
    case 'text':
      return block.text()
    case 'binary':
      return block.binary()
    case 'pair':
      return [block.text(), block.text()]
    default: {
      const value = property.kind === 'variable' ? block.variable() : block.unsigned(sizes[property.kind])
      if (inRange(property, value)) return value
      throw new CodecError('protocol_error', `${property.name} is ${value}`)
    }
  }
}

function writeValue(block: ByteWriter, property: Property, value: unknown): void {
  const { kind, name } = property
  if (kind === 'text' && typeof value === 'string') {
    block.text(value)
  } else if (kind === 'binary' && value instanceof Uint8Array) {
    block.binary(value)
  } else if (kind === 'pair' && Array.isArray(value) && value.length === 2) {
    for (const text of value) block.text(String(text))
  } else if (kind in sizes && typeof value === 'number' && inRange(property, value)) {
    block.unsigned(sizes[kind as keyof typeof sizes], value)
  } else {
    throw unwritable(`${name} must not be ${typeof value === 'number' ? value : typeof value}`)
  }
}

const sizes = { byte: 1, two: 2, four: 4 } as const

function inRange({ least, most }: Property, value: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

/** Compares whole words: `unsuback` does not contain `puback`. */
function standsIn(places: string, place: ReadPlace | WritePlace): boolean {
  return places.split(' ').includes(place)
}
