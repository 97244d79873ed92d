/** AWS IoT Core's limits and quotas, from its "endpoints and quotas" page; the adjustable ones can be set. */
export interface Limits {
  /** Bytes of UTF-8 in a topic or topic filter, without `$aws/rules/<rule>/` and `$share/<group>/`. */
  readonly topicBytes: number
  /** Forward slashes in a topic or topic filter, without the same two prefixes. */
  readonly topicSlashes: number
  readonly clientIdBytes: number
  /** Bytes of payload in one PUBLISH. */
  readonly payloadBytes: number
  /** Maximum size of an MQTT packet in bytes. The page does not state it; it must allow a full payload with its properties. */
  readonly packetBytes: number
  readonly filtersPerSubscribe: number
  readonly subscriptionsPerConnection: number
  /** PUBLISH packets per second and connection. Excess packets are discarded. */
  readonly publishesPerSecond: number
  /** CONNECT packets per second and client ID. */
  readonly connectsPerSecondPerClientId: number
  /** CONNECT packets per second in the account. */
  readonly connectsPerSecond: number
  /** Unacknowledged QoS 1 messages in either direction. */
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
  readonly keepAliveSeconds: { readonly minimum: number; readonly maximum: number }
  /** Maximum Session Expiry Interval, and how long an MQTT 3.1.1 persistent session is kept. */
  readonly sessionExpirySeconds: number
  /** Lifetime of a WebSocket signed with SigV4. */
  readonly webSocketSeconds: number
  /** Time in which a connection must send its CONNECT. */
  readonly connectTimeoutSeconds: number
}

export const defaultLimits: Limits = {
  topicBytes: 256,
  topicSlashes: 7,
  clientIdBytes: 128,
  payloadBytes: 128 * 1024,
  packetBytes: 146 * 1024,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  publishesPerSecond: 100,
  connectsPerSecondPerClientId: 1,
  connectsPerSecond: 500,
  receiveMaximum: 100,
  topicAliasMaximum: 8,
  keepAliveSeconds: { minimum: 30, maximum: 1200 },
  sessionExpirySeconds: 3600,
  webSocketSeconds: 24 * 3600,
  connectTimeoutSeconds: 30,
}

/** The effective keep-alive in seconds: 0 and more than 1200 become 1200, 1 to 29 become 30. */
export function effectiveKeepAlive(asked: number, { keepAliveSeconds }: Limits): number {
  if (asked === 0) return keepAliveSeconds.maximum
  return Math.min(Math.max(asked, keepAliveSeconds.minimum), keepAliveSeconds.maximum)
}

/** Why a client ID is refused, or undefined. `$GEN/` names are reserved for the server, so the `$` rule covers them. */
export function clientIdFault(clientId: string, { clientIdBytes }: Limits): string | undefined {
  const bytes = Buffer.byteLength(clientId)
  if (bytes > clientIdBytes) return `the client ID has ${bytes} bytes and ${clientIdBytes} are allowed`
  if (clientId.startsWith('$')) return 'client IDs that start with $ are reserved'
  if (clientId.includes('\0')) return 'the client ID contains the null character'
  return undefined
}
