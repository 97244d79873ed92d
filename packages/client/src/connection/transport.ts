import type { TopicCredentialsError } from '../errors.js'
import type { Emitter } from '../support/emitter.js'
import type { ReasonCode } from '../support/reason-codes.js'
import type { Endpoint } from './endpoint.js'
import type { Handshake, HandshakeAnswer } from './handshake.js'
import type { MessageProperties } from './message-properties.js'
import type { Route } from './route.js'

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
  /** Over MQTT 5, without the ID. */
  readonly properties?: MessageProperties
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
  /** What the endpoint said to the WebSocket handshake, where the transport shows it. */
  readonly answer?: HandshakeAnswer
  /** What was in the way, where the platform names it: a name that cannot be resolved, a certificate that is not trusted. */
  readonly error?: TopicCredentialsError
}

/** Name of the failure of a WebSocket that did not open, where nothing more is known. */
export const notOpened = 'WEBSOCKET_NOT_OPENED'

/** The device SDK's client, for Node alone, or MQTT 5 over the platform's WebSocket. */
export type TransportKind = 'device-sdk' | 'websocket'

/** What can be told that time has stood still. */
export interface Sleeper {
  /** The machine woke, or the network is back: finds out within a second whether the connection stands, or makes it anew. */
  wake(): void
  /** Ends the connection until `wake`, keeping the broker's session: the page is put aside. */
  suspend(): void
}

/** One MQTT client, with the differences between libraries and protocol versions taken out. */
export interface Transport extends Pick<Emitter<TransportEvents>, 'on'>, Partial<Sleeper> {
  /** Whether a refused handshake looks like any other failure, so that it has to be repeated to read the answer. */
  readonly hidesAnswers: boolean
  /** Attempts to connect, for the first time or after a `failed`. Does nothing while an attempt is under way or a connection stands. */
  start(): void
  /** The broker's answer, over however many connections it takes to get one. Rejects when the transport is stopped. */
  subscribe(filter: string, qos: QoS): Promise<ReasonCode>
  unsubscribe(filter: string): Promise<unknown>
  publish(message: OutgoingMessage): Promise<ReasonCode>
  /** Ends the connection and makes another one, keeping the broker's session and what is not yet acknowledged. */
  reconnect(): Promise<void>
  /** Disconnects and frees everything. No more events will come. Resolves within a second. */
  stop(): Promise<void>
}

export interface OutgoingMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  /** Nothing over MQTT 3.1.1. */
  readonly properties?: MessageProperties
}

/** What both protocol versions need to know to connect. */
export interface TransportOptions extends Endpoint {
  /** Region that handshakes are signed for. */
  readonly region: string
  readonly clientId: string
  readonly keepAliveSeconds: number
  readonly route: Route
  readonly handshake: Handshake
  /** Whether the broker keeps the session over `stop`, and the first connection resumes it. */
  readonly resume: boolean
  /** The last will. */
  readonly will: OutgoingMessage | undefined
  /** Least milliseconds between two CONNECTs; the handshake keeps it. */
  readonly connectIntervalMs: number
}
