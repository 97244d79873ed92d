/** A property that is one byte, 0 or 1. */
export type Bit = 0 | 1

/** A user property: a name, which may be repeated, and a value. */
export type UserProperty = readonly [name: string, value: string]

/** MQTT 5 properties by name (§2.2.2.2). The table below defines which packets may contain each. */
export interface Properties {
  readonly payloadFormatIndicator?: Bit
  /** Seconds. */
  readonly messageExpiryInterval?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Buffer
  readonly subscriptionIdentifier?: number
  /** Seconds. */
  readonly sessionExpiryInterval?: number
  readonly assignedClientIdentifier?: string
  /** Seconds. */
  readonly serverKeepAlive?: number
  readonly authenticationMethod?: string
  readonly authenticationData?: Buffer
  readonly requestProblemInformation?: Bit
  /** Seconds. */
  readonly willDelayInterval?: number
  readonly requestResponseInformation?: Bit
  readonly reasonString?: string
  readonly receiveMaximum?: number
  readonly topicAliasMaximum?: number
  readonly topicAlias?: number
  readonly maximumQos?: Bit
  readonly retainAvailable?: Bit
  /** In order of arrival [MQTT-3.3.2-18]. */
  readonly userProperties?: readonly UserProperty[]
  /** Bytes. */
  readonly maximumPacketSize?: number
  readonly wildcardSubscriptionAvailable?: Bit
  readonly subscriptionIdentifiersAvailable?: Bit
  readonly sharedSubscriptionAvailable?: Bit
}

export type PropertyName = keyof Properties
/** How a value is encoded (§1.5). */
export type PropertyForm = 'bit' | 'uint16' | 'uint32' | 'varint' | 'text' | 'binary' | 'pair'
/** Where properties occur: a packet, or the last will in a CONNECT. */
export type PropertyPlace =
  | 'connect'
  | 'will'
  | 'connack'
  | 'publish'
  | 'puback'
  | 'subscribe'
  | 'suback'
  | 'unsubscribe'
  | 'unsuback'
  | 'disconnect'

export interface PropertyDefinition {
  readonly id: number
  readonly name: PropertyName
  readonly form: PropertyForm
  readonly places: readonly PropertyPlace[]
}

function define(
  id: number,
  name: PropertyName,
  form: PropertyForm,
  ...places: readonly PropertyPlace[]
): PropertyDefinition {
  return { id, name, form, places }
}

/** Table 2-4 of MQTT 5, as far as a client or AWS IoT Core uses it. */
const definitions = [
  define(0x01, 'payloadFormatIndicator', 'bit', 'publish', 'will'),
  define(0x02, 'messageExpiryInterval', 'uint32', 'publish', 'will'),
  define(0x03, 'contentType', 'text', 'publish', 'will'),
  define(0x08, 'responseTopic', 'text', 'publish', 'will'),
  define(0x09, 'correlationData', 'binary', 'publish', 'will'),
  define(0x0b, 'subscriptionIdentifier', 'varint', 'publish', 'subscribe'),
  define(0x11, 'sessionExpiryInterval', 'uint32', 'connect', 'connack', 'disconnect'),
  define(0x12, 'assignedClientIdentifier', 'text', 'connack'),
  define(0x13, 'serverKeepAlive', 'uint16', 'connack'),
  define(0x15, 'authenticationMethod', 'text', 'connect'),
  define(0x16, 'authenticationData', 'binary', 'connect'),
  define(0x17, 'requestProblemInformation', 'bit', 'connect'),
  define(0x18, 'willDelayInterval', 'uint32', 'will'),
  define(0x19, 'requestResponseInformation', 'bit', 'connect'),
  define(0x1f, 'reasonString', 'text', 'puback', 'disconnect'),
  define(0x21, 'receiveMaximum', 'uint16', 'connect', 'connack'),
  define(0x22, 'topicAliasMaximum', 'uint16', 'connect', 'connack'),
  define(0x23, 'topicAlias', 'uint16', 'publish'),
  define(0x24, 'maximumQos', 'bit', 'connack'),
  define(0x25, 'retainAvailable', 'bit', 'connack'),
  define(
    0x26,
    'userProperties',
    'pair',
    ...(['connect', 'will', 'publish', 'puback', 'subscribe', 'unsubscribe', 'disconnect'] as const),
  ),
  define(0x27, 'maximumPacketSize', 'uint32', 'connect', 'connack'),
  define(0x28, 'wildcardSubscriptionAvailable', 'bit', 'connack'),
  define(0x29, 'subscriptionIdentifiersAvailable', 'bit', 'connack'),
  define(0x2a, 'sharedSubscriptionAvailable', 'bit', 'connack'),
]

const byId = new Map(definitions.map((definition) => [definition.id, definition]))

/** The property with this identifier, if it is allowed here. */
export function propertyById(id: number, place: PropertyPlace): PropertyDefinition | undefined {
  const definition = byId.get(id)
  return definition?.places.includes(place) ? definition : undefined
}

const byPlace = new Map<PropertyPlace, readonly PropertyDefinition[]>()

/** All properties allowed here, in the order of their identifiers. */
export function propertiesOf(place: PropertyPlace): readonly PropertyDefinition[] {
  const known = byPlace.get(place) ?? definitions.filter(({ places }) => places.includes(place))
  byPlace.set(place, known)
  return known
}

/** For packets without properties. */
export const noProperties: Properties = {}
