import type { Emitter } from '../support/emitter.js'
import type { ReasonCode } from '../support/reason-codes.js'
import type { Handshake } from './handshake.js'

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
  /** The library's name: `AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE`, … */
  readonly name: string
  readonly message: string
  /** MQTT 5: reason code of the CONNACK or DISCONNECT, where the broker sent one. */
  readonly reasonCode?: number
}

/** One MQTT client, with the differences between libraries and protocol versions taken out. */
export interface Transport extends Pick<Emitter<TransportEvents>, 'on'> {
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
  /** Region that handshakes are signed for. */
  readonly region: string
  readonly clientId: string
  readonly keepAliveSeconds: number
  /** PEM; default: the system's trust store. */
  readonly ca: string | undefined
  readonly handshake: Handshake
  /** The last will. */
  readonly will: OutgoingMessage | undefined
  /** Least milliseconds between two CONNECTs; the handshake keeps it. */
  readonly connectIntervalMs: number
}
