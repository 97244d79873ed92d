import type { Message } from '../broker/message.js'
import type { Recipient } from '../broker/mqtt-session.js'
import type { PublishPacket } from '../mqtt/packet.js'
import { noProperties } from '../mqtt/properties.js'

/** A client that a session sends to, with what it was sent. */
export class TestRecipient implements Recipient {
  isEstablished = true
  receiveMaximum = 100
  readonly sent: PublishPacket[] = []
  /** Topics that it may receive; all without it. */
  readonly allowed: readonly string[] | undefined
  /** Whether it takes QoS 0. */
  keepsUp = true
  /** Bytes of payload that it takes. */
  largest = Number.POSITIVE_INFINITY

  constructor(allowed?: readonly string[]) {
    this.allowed = allowed
  }

  mayReceive(topic: string): boolean {
    return this.allowed?.includes(topic) ?? true
  }

  takesQos0(): boolean {
    return this.keepsUp
  }

  publish(packet: PublishPacket): boolean {
    if (packet.payload.length > this.largest) return false
    this.sent.push(packet)
    return true
  }

  /** Payloads, in order. */
  get payloads(): string[] {
    return this.sent.map(({ payload }) => payload.toString())
  }
}

export function message(payload: string, more: Partial<Message> = {}): Message {
  const usual = { topic: 't', qos: 1, retain: false, properties: noProperties, receivedAt: 0 } as const
  return { ...usual, payload: Buffer.from(payload), ...more }
}

/** A clock that tests set, in milliseconds. */
export class TestClock {
  time = 0

  now(): number {
    return this.time
  }
}
