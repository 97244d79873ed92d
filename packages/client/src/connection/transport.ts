import type { TopicCredentialsError } from '../errors.js'
import type { Emitter } from '../support/emitter.js'
import type { ReasonCode } from '../support/reason-codes.js'
import type { Endpoint } from './endpoint.js'
import type { Handshake, HandshakeAnswer } from './handshake.js'
import type { MessageProperties } from './message-properties.js'
import type { Route } from './route.js'

export type QoS = 0 | 1

/** One received PUBLISH. */
export interface ReceivedPacket {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly duplicate: boolean
  /** Set by our `publish` with MQTT 5. */
  readonly id?: string
  /** MQTT 5 only, without the ID. */
  readonly properties?: MessageProperties
}

/** The events of a connection, independent of the protocol version. */
export interface TransportEvents {
  /** An attempt to connect starts. */
  connecting: []
  connected: [{ readonly sessionPresent: boolean }]
  /** An attempt to connect failed. `start` makes the next one. */
  failed: [TransportFailure]
  /** An established connection ended. The transport makes one attempt to reconnect. */
  interrupted: [TransportFailure]
  message: [ReceivedPacket]
}

export interface TransportFailure {
  /** Error name of the library: `AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE`, … */
  readonly name: string
  readonly message: string
  /** MQTT 5: reason code of the CONNACK or DISCONNECT, if the broker sent one. */
  readonly reasonCode?: number
  /** The endpoint's response to the WebSocket handshake, if the transport provides it. */
  readonly answer?: HandshakeAnswer
  /** The cause, if the platform reports it: a name that cannot be resolved, a certificate that is not trusted. */
  readonly error?: TopicCredentialsError
}

/** Failure name of a WebSocket that did not open for an unknown reason. */
export const notOpened = 'WEBSOCKET_NOT_OPENED'

/** The device SDK's client (Node only), or MQTT 5 over the platform's WebSocket. */
export type TransportKind = 'device-sdk' | 'websocket'

/** Receives notifications about sleep and wake-up. */
export interface Sleeper {
  /** The machine woke up, or the network is back: checks within a second whether the connection is alive, or reconnects. */
  wake(): void
  /** Ends the connection until `wake` and keeps the broker's session: the page is being suspended. */
  suspend(): void
}

/** One MQTT client, with a common interface for all libraries and protocol versions. */
export interface Transport extends Pick<Emitter<TransportEvents>, 'on'>, Partial<Sleeper> {
  /** Whether the response to a refused handshake is not available, so that the handshake must be repeated to read it. */
  readonly hidesAnswers: boolean
  /** Attempts to connect, for the first time or after `failed`. No effect during an attempt or while connected. */
  start(): void
  /** Resolves with the broker's response, across reconnects. Rejects when the transport is stopped. */
  subscribe(filter: string, qos: QoS): Promise<ReasonCode>
  unsubscribe(filter: string): Promise<ReasonCode>
  publish(message: OutgoingMessage): Promise<ReasonCode>
  /** Ends the connection and makes a new one. Keeps the broker's session and unacknowledged operations. */
  reconnect(): Promise<void>
  /** Disconnects and frees all resources. No more events follow. Resolves within a second. */
  stop(): Promise<void>
}

export interface OutgoingMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  /** Empty for MQTT 3.1.1. */
  readonly properties?: MessageProperties
}

/** Connection options of both protocol versions. */
export interface TransportOptions extends Endpoint {
  /** Region for signing handshakes. */
  readonly region: string
  readonly clientId: string
  readonly keepAliveSeconds: number
  readonly route: Route
  readonly handshake: Handshake
  /** Whether the broker keeps the session after `stop`, and the first connection resumes it. */
  readonly resume: boolean
  /** The last will. */
  readonly will: OutgoingMessage | undefined
  /** Minimum milliseconds between two CONNECTs; enforced by the handshake. */
  readonly connectIntervalMs: number
}
