import type { RateLimit } from '../../rate-limit.js'
import type { Requester } from '../access/authorization.js'
import type { ServerPacket } from '../mqtt/packet.js'
import type { TopicAliases } from '../mqtt/topic-aliases.js'
import type { MqttSession, Recipient } from './mqtt-session.js'

/** The parameters that a CONNECT fixes for the whole connection. */
export interface Agreement {
  readonly clientId: string
  readonly assigned: boolean
  readonly version: 4 | 5
  readonly clean: boolean
  readonly keepAliveSeconds: number
  readonly sessionExpirySeconds: number
  /** The client's own limits: unacknowledged QoS 1 messages, and the size of a packet in bytes. */
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
}

/** `disconnectReason` of lifecycle events. https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html */
export type DisconnectReason =
  | 'API_INITIATED_DISCONNECT'
  | 'AUTH_ERROR'
  | 'CLIENT_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_ERROR'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'THROTTLED'
  | 'WEBSOCKET_TTL_EXPIRATION'

/** The address and the target of a connection, besides the client's address. */
export interface Ports {
  readonly sourcePort: number | undefined
  readonly targetIp: string | undefined
  readonly targetPort: number | undefined
}

/** One connection of a client, as rules and sessions use it. */
export interface Client extends Recipient {
  /** The identity for IAM. */
  readonly requester: Requester
  readonly clientId: string
  readonly version: 4 | 5
  readonly ports: Ports
  /** `sessionIdentifier` of lifecycle events. */
  readonly identifier: string
  /** Undefined before the CONNECT. */
  readonly agreement: Agreement | undefined
  /** True after the CONNACK. */
  readonly session: MqttSession | undefined
  /** The reason of its end. */
  readonly ended: DisconnectReason | undefined
  readonly publishRate: RateLimit
  readonly aliases: TopicAliases
  /** The parameters of the CONNECT, even if it is refused afterwards. */
  agree(agreement: Agreement): void
  /** Called when the CONNACK is sent. */
  establish(session: MqttSession): void
  send(packet: ServerPacket): void
  /** Ends the connection. MQTT 5 clients receive `code` in a DISCONNECT, or in the `answer` that refuses their CONNECT. */
  end(reason: DisconnectReason, code?: number, answer?: ServerPacket): void
}
