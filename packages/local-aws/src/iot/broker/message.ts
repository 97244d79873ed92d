import type { Properties } from '../mqtt/properties.js'

/** A message in the data plane. */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  /** The properties of its PUBLISH, without a topic alias. */
  readonly properties: Properties
  /** The publisher's client ID, or another sender. */
  readonly from?: string
  /** When the data plane received it, in milliseconds since the epoch. */
  readonly receivedAt: number
}

/** The options of a subscription. */
export interface Subscription {
  readonly qos: 0 | 1
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
}

/** How one message is delivered to one client. */
export interface Delivery {
  readonly qos: 0 | 1
  readonly retain: boolean
  /** The filter of the shared subscription that delivers it. */
  readonly share?: string
  /**
   * For a message to a connected client and not to a session: with QoS 1, called once, with true at the PUBACK or with false if the message is
   * lost. The message does not outlive the connection.
   */
  readonly receipt?: (acknowledged: boolean) => void
}

/** The message's properties with its remaining expiry time (seconds) [MQTT-3.3.2-6]; undefined if it has expired [MQTT-3.3.2-5]. */
export function propertiesAt({ properties, receivedAt }: Message, now: number): Properties | undefined {
  const { messageExpiryInterval } = properties
  if (messageExpiryInterval === undefined) return properties
  const left = messageExpiryInterval - Math.floor((now - receivedAt) / 1000)
  return left > 0 ? { ...properties, messageExpiryInterval: left } : undefined
}
