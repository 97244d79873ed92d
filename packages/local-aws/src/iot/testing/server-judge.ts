import { FrameSplitter } from '../mqtt/frame-splitter.js'
import { type Judged, judgeFrame, ServerViolation } from './strict-decoder.js'

/** What a client allowed its server in CONNECT. */
export interface Allowance {
  readonly version: 4 | 5
  /** Unacknowledged QoS 1 messages. */
  readonly receiveMaximum?: number | undefined
  /** Bytes. */
  readonly maximumPacketSize?: number | undefined
}

/** Follows what a server sends on one connection: every packet by itself, and what it may send next (§4.9, [MQTT-3.1.2-24]). */
export class ServerJudge {
  readonly #splitter = new FrameSplitter()
  readonly #inFlight = new Set<number>()
  #allowance: Allowance
  #isConnected = false

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  /** Each packet that `bytes` completes, with what the judge saw in it. @throws ServerViolation */
  receive(bytes: Buffer): { readonly frame: Buffer; readonly judged: Judged }[] {
    return this.#splitter.push(bytes).map((frame) => ({ frame, judged: this.#judge(frame) }))
  }

  /** The client sent PUBACK. */
  acknowledged(packetId: number): void {
    this.#inFlight.delete(packetId)
  }

  #judge(frame: Buffer): Judged {
    const { version, receiveMaximum = 65_535, maximumPacketSize = Number.POSITIVE_INFINITY } = this.#allowance
    const judged = judgeFrame(frame, version)
    const isConnack = judged.type === 2
    if (isConnack === this.#isConnected) {
      throw new ServerViolation(
        `packet type ${judged.type} is ${isConnack ? 'a second CONNACK' : 'not CONNACK [MQTT-3.2.0-1]'}`,
      )
    }
    this.#isConnected = true
    if (frame.length > maximumPacketSize) {
      throw new ServerViolation(`${frame.length} bytes came and the client takes ${maximumPacketSize} [MQTT-3.1.2-24]`)
    }
    if (judged.qos === 0) return judged
    if (this.#inFlight.has(judged.packetId)) {
      throw new ServerViolation(`packet identifier ${judged.packetId} is in use [MQTT-2.2.1-4]`)
    }
    this.#inFlight.add(judged.packetId)
    if (this.#inFlight.size > receiveMaximum) {
      throw new ServerViolation(
        `${this.#inFlight.size} messages are not acknowledged, more than Receive Maximum [MQTT-3.3.4-9]`,
      )
    }
    return judged
  }
}
