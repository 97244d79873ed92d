import type { Packet } from 'mqtt-packet'

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

/** MQTT 5 reason codes that AWS lists. https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html */
export const REASON = {
  unspecified: 0x80,
  malformed: 0x81,
  protocolError: 0x82,
  clientIdNotValid: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  qosNotSupported: 0x9b,
  subscriptionIdsNotSupported: 0xa1,
} as const

/** What becomes of a packet that a client sent. */
export type Verdict =
  /** To the broker: as it came, or as `packet` says. */
  | { readonly kind: 'forward'; readonly packet?: Packet }
  /** Answered here; the broker never sees it. */
  | { readonly kind: 'answer'; readonly packet: Packet }
  | { readonly kind: 'drop' }
  /** The connection ends: `answer` first if there is one, then for MQTT 5 a DISCONNECT with `code` unless the answer is a CONNACK. */
  | { readonly kind: 'end'; readonly reason: DisconnectReason; readonly code?: number; readonly answer?: Packet }

const asItCame: Verdict = { kind: 'forward' }
export const forward = (packet?: Packet): Verdict => (packet === undefined ? asItCame : { kind: 'forward', packet })
export const answer = (packet: Packet): Verdict => ({ kind: 'answer', packet })
export const drop: Verdict = { kind: 'drop' }
export const end = (reason: DisconnectReason, code?: number, answer?: Packet): Verdict => ({
  kind: 'end',
  reason,
  ...(code === undefined ? {} : { code }),
  ...(answer === undefined ? {} : { answer }),
})
