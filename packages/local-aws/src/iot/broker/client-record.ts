import type { Will } from '../mqtt/packet.js'
import type { Client } from './client.js'
import type { MqttSession } from './mqtt-session.js'

/** That a session outlives its connection, for whom, and how long. */
export interface Persistence {
  readonly version: 4 | 5
  readonly userId: string
  readonly expirySeconds: number
}

/** What is remembered about a client ID. */
export interface ClientRecord {
  /** The last connection: the current one while `disconnectedAt` is undefined. */
  readonly client: Client
  /** Subscriptions and what is not acknowledged; empty while there is neither a connection nor persistence. */
  session: MqttSession
  /** Undefined when the session ends with its connection. */
  persistence: Persistence | undefined
  /** Published when the connection ends, unless the client says goodbye. */
  will: Will | undefined
  /** Counts connections; starts again an hour after the last one ended. */
  readonly versionNumber: number
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  disconnectedAt: number | undefined
}

/** Whether the session's time is over. */
export function hasExpired({ persistence, disconnectedAt }: ClientRecord, now: number): boolean {
  if (persistence === undefined || disconnectedAt === undefined) return false
  return now - disconnectedAt >= persistence.expirySeconds * 1000
}
