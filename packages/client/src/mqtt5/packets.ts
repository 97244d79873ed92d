import type { Properties } from './properties.js'

/** A message, in either direction. @see MQTT 5 §3.3 */
export interface PublishPacket {
  readonly type: 'publish'
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
  /** May have been sent before. */
  readonly duplicate: boolean
  /** 1 to 65,535 with QoS 1; 0 with QoS 0. */
  readonly id: number
  readonly properties: Properties
}

/** An acknowledgement with one reason code: 0x80 and above is a refusal (§2.4). */
export interface PubackPacket {
  readonly type: 'puback'
  readonly id: number
  readonly reasonCode: number
  readonly properties: Properties
}

/** §3.14: the last packet of either side. */
export interface DisconnectPacket {
  readonly type: 'disconnect'
  readonly reasonCode: number
  readonly properties: Properties
}

/** §3.2: the response to CONNECT. */
export interface ConnackPacket {
  readonly type: 'connack'
  readonly sessionPresent: boolean
  readonly reasonCode: number
  readonly properties: Properties
}

/** §3.9 and §3.11: one reason code for each filter, in the same order. */
export interface SubackPacket {
  readonly type: 'suback' | 'unsuback'
  readonly id: number
  readonly reasonCodes: readonly number[]
  readonly properties: Properties
}

/** Packets that the broker sends. */
export type ServerPacket =
  | ConnackPacket
  | DisconnectPacket
  | PubackPacket
  | PublishPacket
  | SubackPacket
  | { readonly type: 'pingresp' }

/** The message that the broker publishes if the connection ends without a DISCONNECT (§3.1.2.5). */
export interface Will {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly properties?: Properties
}

/** §3.1, without user name and password, which AWS IoT does not use. */
export interface ConnectPacket {
  readonly type: 'connect'
  readonly clientId: string
  /** Starts a new session; false resumes the session that the broker kept. */
  readonly cleanStart: boolean
  readonly keepAliveSeconds: number
  readonly will?: Will | undefined
  readonly properties: Properties
}

/** §3.8, with the only option that AWS IoT supports (§3.8.3.1): the quality of service. */
export interface SubscribePacket {
  readonly type: 'subscribe'
  readonly id: number
  readonly subscriptions: readonly { readonly filter: string; readonly qos: 0 | 1 }[]
}

/** §3.10. */
export interface UnsubscribePacket {
  readonly type: 'unsubscribe'
  readonly id: number
  readonly filters: readonly string[]
}

/** Packets that the client sends. */
export type ClientPacket =
  | ConnectPacket
  | DisconnectPacket
  | PubackPacket
  | PublishPacket
  | SubscribePacket
  | UnsubscribePacket
  | { readonly type: 'pingreq' }
