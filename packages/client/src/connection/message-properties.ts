/** Names may come several times; the order is kept [MQTT-3.3.2-18]. */
export type UserProperty = readonly [name: string, value: string]

/** The MQTT 5 properties of a message. MQTT 3.1.1 has none. @see MQTT 5 §3.3.2.3 */
export interface MessageProperties {
  /** The topic for a response. The publisher chooses it, so a receiver must validate it before publishing there. */
  readonly responseTopic?: string
  /** Returned with the response, to match it with the request. At most 65,535 bytes. */
  readonly correlationData?: Uint8Array
  /** Seconds after which the broker no longer delivers the message, below 2³². In a received message: the remaining time. */
  readonly messageExpiryInterval?: number
  /** The type of the payload, such as a media type: at most 65,535 bytes of UTF-8. */
  readonly contentType?: string
  /** Each name and each value has at most 65,535 bytes of UTF-8. `message-id` is reserved for the client, which drops messages with a known ID. */
  readonly userProperties?: readonly UserProperty[]
}

const names = ['responseTopic', 'correlationData', 'messageExpiryInterval', 'contentType', 'userProperties'] as const

/** Selects the message properties from other options. The transport validates them. */
export function chosenProperties(options: MessageProperties): MessageProperties {
  const given = names.filter((name) => options[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

/**
 * User property of QoS 1 messages over MQTT 5, a UUID. QoS 1 is "at least once", and the SDK's MQTT 5 client reports neither packet identifier
 * nor DUP, so receivers need an ID to drop repetitions (`DuplicateFilter`). It takes 51 bytes per message and also removes what this client
 * sent twice. An ID counts within its topic and is unknown before delivery, so another publisher cannot suppress a message.
 */
const messageIdProperty = 'message-id'

/** The user properties of a QoS 1 message: a unique ID, then the program's properties. */
export function withMessageId({ userProperties = [] }: MessageProperties): readonly UserProperty[] {
  return [[messageIdProperty, crypto.randomUUID()], ...userProperties]
}

/** The received properties, without the message's ID in the user properties. */
export function receivedProperties(properties: MessageProperties): {
  readonly id?: string
  readonly properties: MessageProperties
} {
  const { userProperties = [] } = properties
  const [[name, id] = [], ...others] = userProperties
  if (name !== messageIdProperty || id === undefined) return { properties }
  return { id, properties: { ...properties, userProperties: others } }
}
