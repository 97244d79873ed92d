import fc from 'fast-check'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { ClientPacket, Properties, ServerPacket } from '../../mqtt5/index.js'

/** Random packets, and the same packets for mqtt-packet, a codec that shares no code with ours. */

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => !/[\0\p{Surrogate}]/u.test(one))
const topic = text.filter((one) => one !== '' && !/[#+]/u.test(one))
const filter = text.filter((one) => one !== '')
const bytes = fc.uint8Array({ maxLength: 40 })
const id = fc.integer({ min: 1, max: 0xffff })
const two = fc.integer({ min: 1, max: 0xffff })
const four = fc.integer({ min: 1, max: 0xffff_ffff })
const flag = fc.constantFrom(0, 1)
const qos = fc.constantFrom(0 as const, 1 as const)
// Not empty: mqtt-packet drops an empty value if the name is repeated.
const userProperties = fc.array(fc.tuple(filter, filter), { minLength: 1, maxLength: 3 })
const some = { requiredKeys: [] as never[] }

const answer = fc.record({ reasonString: text, userProperties }, some)
const ofMessage = {
  payloadFormatIndicator: flag,
  messageExpiryInterval: four,
  contentType: text,
  responseTopic: topic,
  correlationData: bytes,
  userProperties,
}
const connackProperties = fc.record(
  {
    sessionExpiryInterval: four,
    receiveMaximum: two,
    maximumQoS: flag,
    retainAvailable: flag,
    maximumPacketSize: four,
    assignedClientIdentifier: text,
    topicAliasMaximum: two,
    reasonString: text,
    userProperties,
    wildcardSubscriptionAvailable: flag,
    subscriptionIdentifiersAvailable: flag,
    sharedSubscriptionAvailable: flag,
    serverKeepAlive: two,
    responseInformation: text,
    serverReference: text,
  },
  some,
)

function publish(properties: fc.Arbitrary<Properties>) {
  return fc.record({ topic, payload: bytes, qos, retain: fc.boolean(), duplicate: fc.boolean(), id, properties }).map(
    (one) =>
      ({
        ...one,
        type: 'publish',
        id: one.qos === 0 ? 0 : one.id,
        duplicate: one.qos === 1 && one.duplicate,
      }) as const,
  )
}

const refusalCodes = fc.constantFrom(0x80, 0x83, 0x87, 0x8f, 0x91, 0x97)

/** Packets that a broker can send. */
export const serverPacket: fc.Arbitrary<ServerPacket> = fc.oneof(
  fc.record({
    type: fc.constant('connack' as const),
    sessionPresent: fc.boolean(),
    reasonCode: fc.constant(0),
    properties: connackProperties,
  }),
  publish(fc.record({ ...ofMessage, subscriptionIdentifier: fc.array(two, { minLength: 1, maxLength: 3 }) }, some)),
  fc.record({
    type: fc.constant('puback' as const),
    id,
    reasonCode: fc.constantFrom(0, 0x10, 0x80, 0x87, 0x90, 0x97),
    properties: answer,
  }),
  fc.record({
    type: fc.constant('suback' as const),
    id,
    reasonCodes: fc.array(fc.oneof(qos, refusalCodes), { minLength: 1, maxLength: 4 }),
    properties: answer,
  }),
  fc.record({
    type: fc.constant('unsuback' as const),
    id,
    reasonCodes: fc.array(fc.constantFrom(0, 0x11, 0x80, 0x87), { minLength: 1, maxLength: 4 }),
    properties: answer,
  }),
  fc.constant({ type: 'pingresp' as const }),
  fc.record({
    type: fc.constant('disconnect' as const),
    reasonCode: fc.constantFrom(0, 0x81, 0x87, 0x8b, 0x8d, 0x8e, 0x97),
    properties: fc.record({ reasonString: text, userProperties, serverReference: text }, some),
  }),
)

const will = fc.record({
  topic: filter,
  payload: bytes,
  qos,
  retain: fc.boolean(),
  properties: fc.record(ofMessage, some),
})

/** Packets that the client can send. */
export const clientPacket: fc.Arbitrary<ClientPacket> = fc.oneof(
  fc.record({
    type: fc.constant('connect' as const),
    clientId: text.filter((one) => one !== ''),
    cleanStart: fc.boolean(),
    keepAliveSeconds: fc.integer({ min: 0, max: 0xffff }),
    will: fc.option(will, { nil: undefined }),
    properties: fc.record(
      {
        sessionExpiryInterval: four,
        receiveMaximum: two,
        maximumPacketSize: four,
        topicAliasMaximum: two,
        userProperties,
      },
      some,
    ),
  }),
  publish(fc.record({ ...ofMessage, topicAlias: two }, some)),
  fc.record({
    type: fc.constant('puback' as const),
    id,
    reasonCode: fc.constantFrom(0, 0x80, 0x97),
    properties: answer,
  }),
  fc.record({
    type: fc.constant('subscribe' as const),
    id,
    subscriptions: fc.array(fc.record({ filter, qos }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('unsubscribe' as const),
    id,
    filters: fc.array(filter, { minLength: 1, maxLength: 4 }),
  }),
  fc.constant({ type: 'pingreq' as const }),
  fc.record({
    type: fc.constant('disconnect' as const),
    reasonCode: fc.constantFrom(0, 0x04, 0x81, 0x95),
    properties: fc.record({ sessionExpiryInterval: four, reasonString: text, userProperties }, some),
  }),
)

/** A packet of the broker, encoded by mqtt-packet. */
export function peerBytes(packet: ServerPacket): Uint8Array {
  return new Uint8Array(generate(toPeer(packet), { protocolVersion: 5 }))
}

/** The packet that mqtt-packet decodes; undefined if it refuses the bytes. */
export function peerRead(packet: Uint8Array): Packet | undefined {
  const read: (Packet | undefined)[] = []
  const reading = parser({ protocolVersion: 5 })
  reading.on('packet', (one) => read.push(one))
  reading.on('error', () => read.push(undefined))
  try {
    reading.parse(Buffer.from(packet))
  } catch {
    return undefined
  }
  return read[0]
}

/** Converts a packet to the type of mqtt-packet. */
export function toPeer(packet: ClientPacket | ServerPacket): Packet {
  switch (packet.type) {
    case 'connack':
      return { cmd: 'connack', ...pick(packet), sessionPresent: packet.sessionPresent } as Packet
    case 'publish': {
      const { topic, payload, qos, retain, duplicate, id } = packet
      const peer = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: duplicate } as const
      return { ...peer, ...(qos === 0 ? {} : { messageId: id }), ...pick(packet) } as Packet
    }
    case 'suback':
    case 'unsuback':
      return { cmd: packet.type, messageId: packet.id, granted: [...packet.reasonCodes], ...pick(packet) } as Packet
    case 'connect': {
      const { clientId, cleanStart, keepAliveSeconds, will: last } = packet
      const peer = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId, clean: cleanStart } as const
      const withWill =
        last === undefined
          ? {}
          : {
              will: {
                topic: last.topic,
                payload: Buffer.from(last.payload),
                qos: last.qos,
                retain: last.retain,
                ...pick(last),
              },
            }
      return { ...peer, keepalive: keepAliveSeconds, ...withWill, ...pick(packet) } as Packet
    }
    case 'subscribe': {
      const options = { nl: false, rap: false, rh: 0 }
      const subscriptions = packet.subscriptions.map(({ filter: wanted, qos }) => ({ topic: wanted, qos, ...options }))
      return { cmd: 'subscribe', messageId: packet.id, subscriptions }
    }
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.id, unsubscriptions: [...packet.filters] }
    case 'puback':
      return { cmd: 'puback', messageId: packet.id, ...pick(packet) } as Packet
    case 'disconnect':
      return { cmd: 'disconnect', ...pick(packet) } as Packet
    default:
      return { cmd: packet.type }
  }
}

const booleans = /Available$|^payloadFormatIndicator$/u

/** Reason code and properties; mqtt-packet has flags as booleans and user properties as an object of lists. */
function pick(packet: { readonly reasonCode?: number; readonly properties?: Properties }): Record<string, unknown> {
  const entries = Object.entries(packet.properties ?? {}).map(([name, value]) => {
    if (booleans.test(name)) return [name, value === 1]
    if (value instanceof Uint8Array) return [name, Buffer.from(value)]
    if (name === 'subscriptionIdentifier' && Array.isArray(value)) return [name, value.length === 1 ? value[0] : value]
    return [name, name === 'userProperties' && Array.isArray(value) ? byName(value) : value]
  })
  const reason = packet.reasonCode === undefined ? {} : { reasonCode: packet.reasonCode }
  return entries.length === 0 ? reason : { ...reason, properties: Object.fromEntries(entries) }
}

function byName(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of pairs) found.set(name, [...(found.get(name) ?? []), value])
  const entries = [...found].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values] as const)
  // `__proto__` becomes an ordinary property.
  return Object.fromEntries(entries)
}
