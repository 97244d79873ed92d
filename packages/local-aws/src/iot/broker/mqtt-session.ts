import type { Clock } from '../../clock.js'
import type { PublishPacket } from '../mqtt/packet.js'
import type { DeliveryOutcome } from '../observer.js'
import { InFlightWindow } from './in-flight-window.js'
import { type Delivery, type Message, propertiesAt, type Subscription } from './message.js'

/** The connection over which a session sends. */
export interface Recipient {
  /** True from the CONNACK until it ends. */
  readonly isEstablished: boolean
  /** Maximum number of unacknowledged QoS 1 messages. */
  readonly receiveMaximum: number
  /** Checks iot:Receive for every delivery. */
  mayReceive(topic: string, share?: string): boolean
  /** Whether one more QoS 0 message is within AWS's rate and the client reads fast enough. Counts it. */
  takesQos0(): boolean
  /** Returns false without sending if the client does not accept packets of this size. */
  publish(packet: PublishPacket): boolean
}

/** Called with the outcome of each message for this session. */
export type MqttSessionDelivered = (message: Message, outcome: DeliveryOutcome) => void

export interface SessionOptions {
  readonly clock: Clock
  /** How an unacknowledged message is sent again: like AWS, or like the MQTT specification. */
  readonly redelivery: 'new-packet-id' | 'dup'
  readonly delivered?: MqttSessionDelivered
}

interface Queued {
  readonly message: Message
  readonly delivery: Delivery
  /** The identifier of a message that was sent before and keeps it. */
  readonly packetId?: number
}

/** The subscriptions of a client ID and its unacknowledged QoS 1 messages (§4.1). It outlives connections. */
export class MqttSession {
  readonly subscriptions = new Map<string, Subscription>()
  readonly #options: SessionOptions
  readonly #inFlight = new InFlightWindow<Queued>()
  #waiting: Queued[] = []
  #recipient: Recipient | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get isConnected(): boolean {
    return this.#recipient?.isEstablished ?? false
  }

  /** Whether its client is connected and may receive a message on this topic now. */
  canReceive(topic: string, share?: string): boolean {
    return this.isConnected && (this.#recipient?.mayReceive(topic, share) ?? false)
  }

  /** A connection resumes this session: unacknowledged messages are sent first. */
  attach(recipient: Recipient): void {
    this.#recipient = recipient
    this.#sendWaiting()
  }

  /** The connection ended: unacknowledged messages wait for the next one. */
  detach(recipient: Recipient): void {
    if (this.#recipient !== recipient) return
    this.#recipient = undefined
    const keepsId = this.#options.redelivery === 'dup'
    const unacknowledged = this.#inFlight.drain().map((sent) => (keepsId ? sent : withoutId(sent)))
    const all = [...unacknowledged, ...this.#waiting]
    this.#waiting = all.filter(({ delivery }) => delivery.receipt === undefined)
    for (const { delivery } of all) delivery.receipt?.(false)
  }

  /** QoS 0 is sent now or never; QoS 1 waits for its turn. */
  deliver(message: Message, delivery: Delivery): void {
    if (delivery.qos === 1) {
      this.#waiting.push({ message, delivery })
      this.#sendWaiting()
      if (this.#waiting.some((queued) => queued.message === message)) this.#options.delivered?.(message, 'waits')
      return
    }
    const outcome = this.#deliverNow(message, delivery)
    this.#options.delivered?.(message, outcome)
  }

  #deliverNow(message: Message, delivery: Delivery): DeliveryOutcome {
    const recipient = this.#recipient
    if (!recipient?.isEstablished) return 'away'
    if (!recipient.takesQos0()) return 'too_fast'
    if (!recipient.mayReceive(message.topic, delivery.share)) return 'refused'
    return this.#send(recipient, message, delivery) ? 'sent' : 'unfit'
  }

  /** PUBACK, whatever its reason code [MQTT-4.3.2-5]. */
  acknowledge(packetId: number): void {
    const sent = this.#inFlight.acknowledge(packetId)
    if (sent === undefined) return
    sent.delivery.receipt?.(true)
    this.#sendWaiting()
  }

  /** Sends waiting messages, up to the client's Receive Maximum [MQTT-3.3.4-9]. */
  #sendWaiting(): void {
    const recipient = this.#recipient
    if (recipient === undefined) return
    while (recipient.isEstablished && this.#inFlight.size < recipient.receiveMaximum) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      const { message, delivery, packetId = this.#inFlight.nextId() } = next
      const may = recipient.mayReceive(message.topic, delivery.share)
      const sent = may && this.#send(recipient, message, delivery, packetId, next.packetId !== undefined)
      this.#options.delivered?.(message, sent ? 'sent' : may ? 'unfit' : 'refused')
      // A message that is too large for the client counts as delivered [MQTT-3.1.2-25].
      if (sent) {
        this.#inFlight.add(packetId, { message, delivery, packetId })
      } else {
        delivery.receipt?.(false)
      }
    }
  }

  #send(recipient: Recipient, message: Message, { qos, retain }: Delivery, packetId = 0, dup = false): boolean {
    const properties = propertiesAt(message, this.#options.clock.now())
    if (properties === undefined) return false
    const { topic, payload } = message
    return recipient.publish({ type: 'publish', topic, payload, qos, retain, dup, packetId, properties })
  }
}

function withoutId({ message, delivery }: Queued): Queued {
  return { message, delivery }
}
