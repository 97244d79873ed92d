import type { RateLimit } from '../../rate-limit.js'
import type { Requester } from '../access/authorization.js'
import type { ServerPacket } from '../mqtt/packet.js'
import type { TopicAliases } from '../mqtt/topic-aliases.js'
import type { MqttSession, Recipient } from './mqtt-session.js'

/** What a CONNECT settles for as long as the connection lasts. */
export interface Agreement {
  readonly clientId: string
  readonly assigned: boolean
  readonly version: 4 | 5
  readonly clean: boolean
  readonly keepAliveSeconds: number
  readonly sessionExpirySeconds: number
  /** The client's own limits: unacknowledged QoS 1 messages, and bytes of one packet. */
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

/** Where a connection comes from and goes to, beside the client's address. */
export interface Ports {
  readonly sourcePort: number | undefined
  readonly targetIp: string | undefined
  readonly targetPort: number | undefined
}

/** One connection of a client, as rules and sessions see it. */
export interface Client extends Recipient {
  /** Who this is to IAM. */
  readonly requester: Requester
  readonly clientId: string
  readonly version: 4 | 5
  readonly ports: Ports
  /** `sessionIdentifier` of lifecycle events. */
  readonly identifier: string
  /** Undefined until a CONNECT came. */
  readonly agreement: Agreement | undefined
  /** From CONNACK on. */
  readonly session: MqttSession | undefined
  /** Why it ended, once it has. */
  readonly ended: DisconnectReason | undefined
  readonly publishRate: RateLimit
  readonly aliases: TopicAliases
  /** What CONNECT asks for, even if it is refused afterwards. */
  agree(agreement: Agreement): void
  /** CONNACK goes out now. */
  establish(session: MqttSession): void
  send(packet: ServerPacket): void
  /** Ends the connection. MQTT 5 clients are told `code` by DISCONNECT, or by the `answer` that refuses their CONNECT. */
  end(reason: DisconnectReason, code?: number, answer?: ServerPacket): void
}
