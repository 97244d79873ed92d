import { ByteReader } from './byte-reader.js'
import { ByteWriter } from './byte-writer.js'
import { CodecError, malformed, unwritable } from './codec-error.js'

/** The properties of one packet, by the names of MQTT 5 §2.2.2.2. */
export interface Properties {
  readonly payloadFormatIndicator?: number
  readonly messageExpiryInterval?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  /** Several, where a message matches several subscriptions. */
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

/** Packets that the client reads, and those that it writes; a will has properties of its own. */
export type ReadPlace = 'connack' | 'disconnect' | 'puback' | 'publish' | 'suback' | 'unsuback'
export type WritePlace = 'connect' | 'disconnect' | 'puback' | 'publish' | 'subscribe' | 'unsubscribe' | 'will'

type Kind = 'binary' | 'byte' | 'four' | 'pair' | 'text' | 'two' | 'variable'

interface Property {
  readonly id: number
  readonly name: keyof Properties
  readonly kind: Kind
  readonly read: readonly ReadPlace[]
  readonly written: readonly WritePlace[]
  /** Of a number; default: what its bytes can say. */
  readonly least?: number
  readonly most?: number
}

const answers: readonly ReadPlace[] = ['connack', 'disconnect', 'puback', 'suback', 'unsuback']
const flag = { kind: 'byte', read: ['connack'], written: [], most: 1 } as const
const ofMessage = { read: ['publish'], written: ['publish', 'will'] } as const

/**
 * Table 2-4 of the specification, the client's half: what stands in which packet. Left out are enhanced authentication and the requests
 * for information: this client never asks for them, so no answer may hold them.
 */
const table: readonly Property[] = [
  { id: 0x01, name: 'payloadFormatIndicator', kind: 'byte', ...ofMessage, most: 1 },
  { id: 0x02, name: 'messageExpiryInterval', kind: 'four', ...ofMessage },
  { id: 0x03, name: 'contentType', kind: 'text', ...ofMessage },
  { id: 0x08, name: 'responseTopic', kind: 'text', ...ofMessage },
  { id: 0x09, name: 'correlationData', kind: 'binary', ...ofMessage },
  { id: 0x0b, name: 'subscriptionIdentifier', kind: 'variable', read: ['publish'], written: [], least: 1 },
  {
    id: 0x11,
    name: 'sessionExpiryInterval',
    kind: 'four',
    read: ['connack'],
    // Not in the broker's DISCONNECT [MQTT-3.14.2-2].
    written: ['connect', 'disconnect'],
  },
  { id: 0x12, name: 'assignedClientIdentifier', kind: 'text', read: ['connack'], written: [] },
  { id: 0x13, name: 'serverKeepAlive', kind: 'two', read: ['connack'], written: [] },
  { id: 0x1a, name: 'responseInformation', kind: 'text', read: ['connack'], written: [] },
  { id: 0x1c, name: 'serverReference', kind: 'text', read: ['connack', 'disconnect'], written: [] },
  { id: 0x1f, name: 'reasonString', kind: 'text', read: answers, written: ['disconnect', 'puback'] },
  { id: 0x21, name: 'receiveMaximum', kind: 'two', read: ['connack'], written: ['connect'], least: 1 },
  { id: 0x22, name: 'topicAliasMaximum', kind: 'two', read: ['connack'], written: ['connect'] },
  { id: 0x23, name: 'topicAlias', kind: 'two', read: ['publish'], written: ['publish'], least: 1 },
  { ...flag, id: 0x24, name: 'maximumQoS' },
  { ...flag, id: 0x25, name: 'retainAvailable' },
  {
    id: 0x26,
    name: 'userProperties',
    kind: 'pair',
    read: [...answers, 'publish'],
    written: ['connect', 'disconnect', 'puback', 'publish', 'subscribe', 'unsubscribe', 'will'],
  },
  { id: 0x27, name: 'maximumPacketSize', kind: 'four', read: ['connack'], written: ['connect'], least: 1 },
  { ...flag, id: 0x28, name: 'wildcardSubscriptionAvailable' },
  { ...flag, id: 0x29, name: 'subscriptionIdentifiersAvailable' },
  { ...flag, id: 0x2a, name: 'sharedSubscriptionAvailable' },
]
const byId = new Map(table.map((property) => [property.id, property]))
const byName: ReadonlyMap<string, Property> = new Map(table.map((property) => [property.name, property]))

/**
 * Reads the properties that stand here, with their length in front.
 *
 * @throws CodecError for one that may not stand in this packet, comes twice, or has a value that it cannot have
 */
export function readProperties(reader: ByteReader, place: ReadPlace): Properties {
  const block = new ByteReader(reader.take(reader.variable()))
  const found: Partial<Record<keyof Properties, unknown>> = {}
  while (block.left > 0) {
    const id = block.variable()
    const property = byId.get(id)
    if (property?.read.includes(place) !== true) throw malformed(`property ${id} may not stand in ${place}`)
    const { name, kind } = property
    const value = readValue(block, property)
    const several = kind === 'pair' || kind === 'variable'
    if (!several && name in found) throw new CodecError('protocol_error', `${name} comes twice`)
    found[name] = several ? [...((found[name] ?? []) as unknown[]), value] : value
  }
  return found as Properties
}

/** Writes them with their length in front. @throws CodecError for what may not stand in this packet */
export function writeProperties(writer: ByteWriter, place: WritePlace, properties: Properties): void {
  const block = new ByteWriter()
  for (const [name, value] of Object.entries(properties)) {
    const property = byName.get(name)
    if (property?.written.includes(place) !== true) throw unwritable(`${place} has no property ${name}`)
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
    throw unwritable(`${name} cannot be ${typeof value === 'number' ? value : typeof value}`)
  }
}

const sizes = { byte: 1, two: 2, four: 4 } as const

function inRange({ least = 0, most = Number.POSITIVE_INFINITY }: Property, value: number): boolean {
  return value >= least && value <= most
}
