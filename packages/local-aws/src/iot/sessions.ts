import type { Agreement } from './connect.js'
import type { MqttConnection } from './connection.js'
import { RateLimit } from './limits.js'
import type { Plane } from './plane.js'

/** What is remembered about a client ID. */
export interface ClientRecord {
  /** Of the session that outlives its connection; undefined when there is none. */
  session: { version: 4 | 5; userId: string; expirySeconds: number } | undefined
  /** Counts connections; starts again an hour after the last one ended. */
  versionNumber: number
  /** The last connection: the current one while `disconnectedAt` is undefined. */
  connection: MqttConnection | undefined
  connectedAt: number
  disconnectedAt: number | undefined
}

const VERSION_NUMBER_LIFE_MS = 3_600_000

/**
 * Persistent sessions by client ID: who may resume which, until when. The broker keeps their content (subscriptions,
 * queued messages); here it is decided when that content goes.
 */
export class Sessions {
  readonly #plane: () => Plane
  readonly #clients = new Map<string, ClientRecord>()
  readonly #connects = new Map<string, RateLimit>()
  #accountConnects: RateLimit | undefined
  /** CONNECTs that are still to be refused, by a fault. */
  #throttled = 0

  constructor(plane: () => Plane) {
    this.#plane = plane
  }

  client(clientId: string): ClientRecord | undefined {
    return this.#clients.get(clientId)
  }

  /** Fault: the next `times` CONNECTs find a quota used up. */
  throttle(times: number): void {
    this.#throttled = times
  }

  /** False when this client ID, or the account, connects too often. */
  takeConnect(clientId: string, now: number): boolean {
    if (this.#throttled > 0) {
      this.#throttled -= 1
      return false
    }
    const { connectsPerSecond, connectsPerSecondPerClientId } = this.#plane().limits
    this.#accountConnects ??= new RateLimit(connectsPerSecond)
    let own = this.#connects.get(clientId)
    if (own === undefined) {
      own = new RateLimit(connectsPerSecondPerClientId)
      this.#connects.set(clientId, own)
    }
    return own.take(now) && this.#accountConnects.take(now)
  }

  /** Resumes the session of a client ID if there is one that this CONNECT may have, else discards it. */
  async open(connection: MqttConnection, agreement: Agreement): Promise<void> {
    const { clock, broker, shared } = this.#plane()
    const { clientId } = agreement
    const now = clock.now()
    const known = this.#clients.get(clientId)
    const resumes = !agreement.clean && known !== undefined && this.#mayResume(known, connection, agreement, now)
    if (known !== undefined && !resumes) await this.discard(clientId)
    connection.resumed = resumes
    connection.filters = resumes
      ? new Map([...(await broker.store.subscriptionsOf(clientId)), ...shared.membershipsOf(clientId)])
      : new Map()
    const forgotten = known?.disconnectedAt !== undefined && now - known.disconnectedAt > VERSION_NUMBER_LIFE_MS
    connection.versionNumber = known === undefined || forgotten ? 0 : known.versionNumber + 1
    const { version, sessionExpirySeconds } = agreement
    const { userId } = connection.identity.principal
    this.#clients.set(clientId, {
      session: sessionExpirySeconds > 0 ? { version, userId, expirySeconds: sessionExpirySeconds } : undefined,
      versionNumber: connection.versionNumber,
      connection,
      connectedAt: now,
      disconnectedAt: undefined,
    })
  }

  /** MQTT 5's DISCONNECT may change how long its session lasts. */
  setExpiry({ clientId }: MqttConnection, seconds: number): void {
    const known = this.#clients.get(clientId)
    if (known?.session === undefined) return
    if (seconds === 0) known.session = undefined
    else known.session.expirySeconds = Math.min(seconds, this.#plane().limits.sessionExpirySeconds)
  }

  /** A connection ended, whatever it had come to. */
  closed(connection: MqttConnection): void {
    const { connected, sockets, lifecycle, clock, record } = this.#plane()
    if (!sockets.delete(connection)) return
    const { clientId, ended = 'CONNECTION_LOST' } = connection
    if (connection.wasEstablished) {
      record.ok('Disconnect', connection.caller, { reason: ended })
      lifecycle.disconnected(connection)
    }
    if (connected.get(clientId) !== connection) return
    connected.delete(clientId)
    const known = this.#clients.get(clientId)
    if (known?.connection !== connection) return
    known.disconnectedAt = clock.now()
    if (known.session === undefined) void this.discard(clientId)
  }

  /** Ends sessions whose time is over and forgets what no longer counts. */
  async sweep(now: number): Promise<void> {
    for (const [clientId, limit] of this.#connects) if (limit.idle(now)) this.#connects.delete(clientId)
    for (const [clientId, known] of this.#clients) {
      if (known.disconnectedAt === undefined) continue
      const over = known.session !== undefined && this.#expired(known, now)
      if (over) await this.discard(clientId)
      if (known.session === undefined && now - known.disconnectedAt > VERSION_NUMBER_LIFE_MS)
        this.#clients.delete(clientId)
    }
  }

  /** Removes a session with its subscriptions and its queue. */
  async discard(clientId: string): Promise<void> {
    const known = this.#clients.get(clientId)
    if (known !== undefined) known.session = undefined
    this.#plane().shared.leaveAll(clientId)
    await this.#plane().broker.store.wipe(clientId)
  }

  async discardAll(): Promise<void> {
    for (const clientId of this.#clients.keys()) await this.discard(clientId)
  }

  #mayResume(known: ClientRecord, { identity }: MqttConnection, { version }: Agreement, now: number): boolean {
    const { session } = known
    // Sessions of MQTT 3.1.1 and MQTT 5 are not interchangeable on AWS.
    if (session === undefined || session.version !== version || this.#expired(known, now)) return false
    return this.#plane().switches.sessionResume === 'any-principal' || session.userId === identity.principal.userId
  }

  #expired({ session, disconnectedAt }: ClientRecord, now: number): boolean {
    return session !== undefined && disconnectedAt !== undefined && now - disconnectedAt >= session.expirySeconds * 1000
  }
}
