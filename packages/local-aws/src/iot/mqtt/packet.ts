import type { Properties } from './properties.js'

/** A QoS of a PUBLISH (§4.3). */
export type Qos = 0 | 1 | 2

/** The last will of a client (§3.1.2.5, §3.1.3.2 to 4). */
export interface Will {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Properties
}

export interface ConnectPacket {
  readonly type: 'connect'
  /** The protocol level: 4 is MQTT 3.1.1, 5 is MQTT 5. For other versions, only the level is parsed. */
  readonly protocolVersion: number
  readonly clientId: string
  readonly cleanStart: boolean
  readonly keepAliveSeconds: number
  readonly will: Will | undefined
  readonly properties: Properties
}

export interface PublishPacket {
  readonly type: 'publish'
  readonly topic: string
  readonly payload: Buffer
  readonly qos: Qos
  readonly retain: boolean
  readonly dup: boolean
  /** 0 with QoS 0. */
  readonly packetId: number
  readonly properties: Properties
}

/** One topic filter of a SUBSCRIBE with its options (§3.8.3.1). */
export interface FilterRequest {
  readonly filter: string
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
}

export interface SubscribePacket {
  readonly type: 'subscribe'
  readonly packetId: number
  readonly filters: readonly FilterRequest[]
  readonly properties: Properties
}

export interface UnsubscribePacket {
  readonly type: 'unsubscribe'
  readonly packetId: number
  readonly filters: readonly string[]
}

export interface PubackPacket {
  readonly type: 'puback'
  readonly packetId: number
  readonly reasonCode: number
}

export interface DisconnectPacket {
  readonly type: 'disconnect'
  readonly reasonCode: number
  readonly properties: Properties
}

/** A packet without parsed fields: a client must not send it, or it has no fields. */
export interface BarePacket {
  readonly type: 'pingreq' | 'pubrec' | 'pubrel' | 'pubcomp' | 'auth' | 'connack' | 'suback' | 'unsuback' | 'pingresp'
}

/** A control packet from a client. */
export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | PubackPacket
  | SubscribePacket
  | UnsubscribePacket
  | DisconnectPacket
  | BarePacket

/** A control packet from the data plane. In MQTT 3.1.1, `reasonCode` of a CONNACK is the return code (§3.2.2.3). */
export type ServerPacket =
  | {
      readonly type: 'connack'
      readonly reasonCode: number
      readonly sessionPresent: boolean
      readonly properties?: Properties
    }
  | PublishPacket
  | PubackPacket
  | { readonly type: 'suback' | 'unsuback'; readonly packetId: number; readonly reasonCodes: readonly number[] }
  | { readonly type: 'pingresp' }
  | { readonly type: 'disconnect'; readonly reasonCode: number }
