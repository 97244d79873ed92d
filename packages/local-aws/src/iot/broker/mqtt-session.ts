import type { Clock } from '../../clock.js'
import type { PublishPacket } from '../mqtt/packet.js'
import type { DeliveryOutcome } from '../observer.js'
import { InFlightWindow } from './in-flight-window.js'
import { type Delivery, type Message, propertiesAt, type Subscription } from './message.js'

/** Whom a session sends to while its client is connected. */
export interface Recipient {
  /** From CONNACK until it ends. */
  readonly isEstablished: boolean
  /** How many QoS 1 messages it takes without acknowledging one. */
  readonly receiveMaximum: number
  /** iot:Receive, decided anew for every delivery. */
  mayReceive(topic: string, share?: string): boolean
  /** Whether one more message of QoS 0 is within AWS's rate, and the client reads what it is sent. Counts it. */
  takesQos0(): boolean
  /** False, and nothing is sent, when the client takes no packet of this size. */
  publish(packet: PublishPacket): boolean
}

/** Is told what became of a message for this session. */
export type MqttSessionDelivered = (message: Message, outcome: DeliveryOutcome) => void

export interface SessionOptions {
  readonly clock: Clock
  /** How a message that was not acknowledged is sent again: as AWS or as MQTT has it. */
  readonly redelivery: 'new-packet-id' | 'dup'
  readonly delivered?: MqttSessionDelivered
}

interface Queued {
  readonly message: Message
  readonly delivery: Delivery
  /** Of a message that was sent before and keeps its identifier. */
  readonly packetId?: number
}

/** What a client ID has subscribed to, and its QoS 1 messages that are not acknowledged (§4.1). It outlives its connections. */
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

  /** Whether its client is there and may have a message of this topic now. */
  canReceive(topic: string, share?: string): boolean {
    return this.isConnected && (this.#recipient?.mayReceive(topic, share) ?? false)
  }

  /** A connection goes on with this session: what was not acknowledged is sent first. */
  attach(recipient: Recipient): void {
    this.#recipient = recipient
    this.#sendWaiting()
  }

  /** The connection ended: what it did not acknowledge waits for the next one. */
  detach(recipient: Recipient): void {
    if (this.#recipient !== recipient) return
    this.#recipient = undefined
    const keepsId = this.#options.redelivery === 'dup'
    const unacknowledged = this.#inFlight.drain().map((sent) => (keepsId ? sent : withoutId(sent)))
    const all = [...unacknowledged, ...this.#waiting]
    this.#waiting = all.filter(({ delivery }) => delivery.receipt === undefined)
    for (const { delivery } of all) delivery.receipt?.(false)
  }

  /** QoS 0 goes now or never; QoS 1 waits its turn. */
  deliver(message: Message, delivery: Delivery): void {
    if (delivery.qos === 1) {
      this.#waiting.push({ message, delivery })
      this.#sendWaiting()
      if (this.#waiting.some((queued) => queued.message === message)) this.#options.delivered?.(message, 'waits')
      return
    }
    // Whether somebody observes it or not.
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

  /** Sends what waits, up to the client's Receive Maximum [MQTT-3.3.4-9]. */
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
      // One that is too large for the client counts as delivered [MQTT-3.1.2-25].
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
