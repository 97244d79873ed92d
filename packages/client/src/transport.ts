import type { EventEmitter } from 'node:events'
import type { HandshakeSigner } from './handshake.js'

export type QoS = 0 | 1

/** One PUBLISH as it came off the wire. */
export interface ReceivedPacket {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly duplicate: boolean
  /** Given by our `publish`, over MQTT 5. */
  readonly id?: string
}

/** What happens to a connection, whichever protocol version it speaks. */
export interface TransportEvents {
  /** An attempt to connect begins. */
  connecting: []
  connected: [{ readonly sessionPresent: boolean }]
  /** An attempt to connect failed. The next one is made by `start`. */
  failed: [TransportFailure]
  /** An established connection ended. An attempt to connect follows by itself. */
  interrupted: [TransportFailure]
  message: [ReceivedPacket]
}

export interface TransportFailure {
  /** The SDK's name: `AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE`, … */
  readonly name: string
  readonly message: string
  /** MQTT 5: reason code of the CONNACK or DISCONNECT, where the broker sent one. */
  readonly reasonCode?: number
}

/** What the broker said to one filter of a SUBSCRIBE, or to one PUBLISH: a reason code of MQTT 5, 0x80 and above is a no. */
export type ReasonCode = number

/** One MQTT client of the device SDK, with the differences between its versions 3.1.1 and 5 taken out. */
export interface Transport extends EventEmitter<TransportEvents> {
  /** Whether `failed` is emitted for attempts to come back after an interruption, too. If not, they go on by themselves. */
  readonly reportsFailedReconnects: boolean
  /** Attempts to connect, for the first time or after a `failed`. Does nothing while an attempt is under way or a connection stands. */
  start(): void
  /** Rejects with `TransportFailure` when the connection ends before the answer. */
  subscribe(filter: string, qos: QoS): Promise<ReasonCode>
  unsubscribe(filter: string): Promise<void>
  publish(message: OutgoingMessage): Promise<ReasonCode>
  /** Ends the connection and makes another one, keeping the broker's session and what is not yet acknowledged. */
  reconnect(): Promise<void>
  /** Disconnects and frees everything. Resolves when no more events will come. */
  stop(): Promise<void>
}

export interface OutgoingMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
}

/** What both protocol versions need to know to connect. */
export interface TransportOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly keepAliveSeconds: number
  /** PEM; default: the system's trust store. */
  readonly ca: string | undefined
  readonly handshake: HandshakeSigner
  /** The last will. */
  readonly will: OutgoingMessage | undefined
  /** Least milliseconds between two CONNECTs; the handshake keeps it. */
  readonly connectIntervalMs: number
}

/** Subscribe and publish answers from here on are refusals (MQTT 5 §2.4, MQTT 3.1.1 §3.9.3). */
export const firstRefusal = 0x80
export const notAuthorized = 0x87
export const quotaExceeded = 0x97
export const sessionTakenOver = 0x8e

/** The SDK hands an empty payload over as a detached buffer, on which no view can be made. */
export function bytesOfBuffer(buffer: ArrayBuffer): Uint8Array {
  return buffer.byteLength === 0 ? new Uint8Array() : new Uint8Array(buffer)
}
