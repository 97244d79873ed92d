import type { Will } from '../mqtt/packet.js'
import type { Client } from './client.js'
import type { MqttSession } from './mqtt-session.js'

/** The principal that may resume a session, and for how long. */
interface Persistence {
  readonly version: 4 | 5
  readonly userId: string
  readonly expirySeconds: number
}

/** The stored state of a client ID. */
export interface ClientRecord {
  /** The last connection: the current one while `disconnectedAt` is undefined. */
  readonly client: Client
  /** Subscriptions and unacknowledged messages; empty without a connection and without persistence. */
  session: MqttSession
  /** Undefined if the session ends with its connection. */
  persistence: Persistence | undefined
  /** Published when the connection ends without a DISCONNECT. */
  will: Will | undefined
  /** Number of connections; reset an hour after the last one ended. */
  readonly versionNumber: number
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  disconnectedAt: number | undefined
}

/** Whether the session has expired. */
export function hasExpired({ persistence, disconnectedAt }: ClientRecord, now: number): boolean {
  if (persistence === undefined || disconnectedAt === undefined) return false
  return now - disconnectedAt >= persistence.expirySeconds * 1000
}
