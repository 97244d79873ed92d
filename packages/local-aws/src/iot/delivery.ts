import { PACKET_TYPE, packetType, publishQos } from './frames.js'
import { RateLimit } from './limits.js'

/** What one client takes: set by its CONNECT and by AWS's quotas. */
export interface DeliveryLimits {
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
  readonly publishesPerSecond: number
}

/**
 * The way of PUBLISH packets to one client. QoS 1 beyond the client's Receive Maximum waits for an acknowledgement
 * [MQTT-3.3.4-9]; a packet larger than the client takes is dropped as if it had been delivered [MQTT-3.1.2-24, 25];
 * QoS 0 above AWS's rate for one connection is discarded.
 */
export class DeliveryWindow {
  readonly #limits: DeliveryLimits
  readonly #rate: RateLimit
  readonly #unacknowledged = new Set<number>()
  readonly #waiting: Buffer[] = []

  constructor(limits: DeliveryLimits) {
    this.#limits = limits
    this.#rate = new RateLimit(limits.publishesPerSecond)
  }

  /** What to do with a PUBLISH that the broker sends: `discard` means tell the broker that it was acknowledged. */
  offer(frame: Buffer, now: number): 'discard' | 'drop' | 'send' | 'wait' {
    const qos = publishQos(frame)
    if (frame.length > this.#limits.maximumPacketSize) return qos === 0 ? 'drop' : 'discard'
    if (qos === 0) return this.#rate.take(now) ? 'send' : 'drop'
    if (this.#unacknowledged.size >= this.#limits.receiveMaximum) {
      this.#waiting.push(frame)
      return 'wait'
    }
    this.#unacknowledged.add(publishMessageId(frame))
    return 'send'
  }

  /** The client acknowledged a message; gives the packet whose turn it is. */
  acknowledged(messageId: number): Buffer | undefined {
    if (!this.#unacknowledged.delete(messageId)) return undefined
    const next = this.#waiting.shift()
    if (next !== undefined) this.#unacknowledged.add(publishMessageId(next))
    return next
  }
}

/** The packet identifier of a QoS 1 PUBLISH (§3.3.2): it follows the topic. */
export function publishMessageId(frame: Buffer): number {
  let body = 1
  while (((frame[body] ?? 0) & 0x80) !== 0) body += 1
  const topicAt = body + 1
  return frame.readUInt16BE(topicAt + 2 + frame.readUInt16BE(topicAt))
}

export const isPublish = (frame: Buffer): boolean => packetType(frame) === PACKET_TYPE.PUBLISH
