/** Names may come several times; the order is kept [MQTT-3.3.2-18]. */
export type UserProperty = readonly [name: string, value: string]

/** What MQTT 5 carries beside a message's payload. MQTT 3.1.1 has none of it. @see MQTT 5 §3.3.2.3 */
export interface MessageProperties {
  /** Where an answer is expected: one topic. Whoever publishes chooses it, so check it before you publish there. */
  readonly responseTopic?: string
  /** Comes back with the answer, so that the asker knows what it answers. At most 65,535 bytes. */
  readonly correlationData?: Uint8Array
  /** Seconds after which the broker delivers the message no more, below 2³². Received: what is left of them. */
  readonly messageExpiryInterval?: number
  /** What the payload is, such as a media type: at most 65,535 bytes of UTF-8. */
  readonly contentType?: string
  /** Each name and each value has at most 65,535 bytes of UTF-8. `message-id` is the client's own: one that came before is a repetition. */
  readonly userProperties?: readonly UserProperty[]
}

const names = ['responseTopic', 'correlationData', 'messageExpiryInterval', 'contentType', 'userProperties'] as const

/** Those among other options. Whether MQTT can say them, the transport knows. */
export function chosenProperties(options: MessageProperties): MessageProperties {
  const given = names.filter((name) => options[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

/** User property that tells a message from another one with the same content: see `DuplicateFilter`. */
const messageIdProperty = 'message-id'

/** The user properties of a message with QoS 1: an ID of its own, and then the program's. */
export function withMessageId({ userProperties = [] }: MessageProperties): readonly UserProperty[] {
  return [[messageIdProperty, crypto.randomUUID()], ...userProperties]
}

/** What came, with the message's ID taken out of the user properties. */
export function receivedProperties(properties: MessageProperties): {
  readonly id?: string
  readonly properties: MessageProperties
} {
  const { userProperties = [] } = properties
  const index = userProperties.findIndex(([name]) => name === messageIdProperty)
  const [, id] = userProperties[index] ?? []
  if (id === undefined) return { properties }
  return { id, properties: { ...properties, userProperties: userProperties.toSpliced(index, 1) } }
}
