import type { Properties } from '../mqtt/properties.js'

/** A message on its way through the data plane. */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  /** Those of a PUBLISH, without a topic alias. */
  readonly properties: Properties
  /** Client ID of who published it, or who else it is from. */
  readonly from?: string
  /** When the data plane took it, in milliseconds since the epoch. */
  readonly receivedAt: number
}

/** What a subscription asks for. */
export interface Subscription {
  readonly qos: 0 | 1
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
}

/** How one client gets one message. */
export interface Delivery {
  readonly qos: 0 | 1
  readonly retain: boolean
  /** The filter of the shared subscription that brings it. */
  readonly share?: string
  /**
   * For a message to a client that is connected and to no session: with QoS 1 it is called once, with true at PUBACK, with false when the
   * message is lost. The message does not outlive the connection.
   */
  readonly receipt?: (acknowledged: boolean) => void
}

/** The message's properties with the time that it has left (seconds) [MQTT-3.3.2-6]; undefined when it has none [MQTT-3.3.2-5]. */
export function propertiesAt({ properties, receivedAt }: Message, now: number): Properties | undefined {
  const { messageExpiryInterval } = properties
  if (messageExpiryInterval === undefined) return properties
  const left = messageExpiryInterval - Math.floor((now - receivedAt) / 1000)
  return left > 0 ? { ...properties, messageExpiryInterval: left } : undefined
}
