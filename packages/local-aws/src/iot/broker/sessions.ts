import type { Clock } from '../../clock.js'
import type { Switches } from '../access/switches.js'
import { parseShared } from '../access/topic.js'
import type { Will } from '../mqtt/packet.js'
import type { Observer } from '../observer.js'
import type { Agreement, Client } from './client.js'
import { type ClientRecord, hasExpired } from './client-record.js'
import type { LastWills } from './last-wills.js'
import type { LifecycleEvents } from './lifecycle-events.js'
import type { Subscription } from './message.js'
import { MqttSession, type MqttSessionDelivered } from './mqtt-session.js'
import type { Router } from './router.js'
import type { SharedSubscriptions } from './shared-subscriptions.js'

/** The services of the session store. */
export interface SessionsOptions {
  readonly clock: Clock
  readonly switches: Pick<Switches, 'redelivery' | 'sessionResume'>
  readonly router: Router
  readonly shared: SharedSubscriptions
  readonly wills: LastWills
  readonly lifecycle: LifecycleEvents
  readonly observer?: Pick<Observer, 'delivery'> | undefined
}

const versionNumberLifeMs = 3_600_000

/** Sessions by client ID: who may resume each, until when, and what ends with it (§4.1). */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #records = new Map<string, ClientRecord>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  record(clientId: string): ClientRecord | undefined {
    return this.#records.get(clientId)
  }

  /** The current connection of a client ID. */
  holder(clientId: string): Client | undefined {
    const record = this.#records.get(clientId)
    return record?.disconnectedAt === undefined ? record?.client : undefined
  }

  /** Resumes the session of a client ID if there is one that this CONNECT may resume; otherwise starts a new one. */
  open(client: Client, agreement: Agreement, will: Will | undefined): { session: MqttSession; resumed: boolean } {
    const { clock, wills } = this.#options
    const { clientId, version, sessionExpirySeconds } = agreement
    const now = clock.now()
    const known = this.#records.get(clientId)
    const resumed = !agreement.clean && known !== undefined && this.#mayResume(known, client, agreement)
    if (resumed) {
      wills.cancel(clientId)
    } else {
      this.discard(clientId)
    }
    const session = resumed ? known.session : this.#newSession(clientId)
    const { userId } = client.requester.identity.principal
    const counts = known !== undefined && !isForgotten(known, now)
    this.#records.set(clientId, {
      client,
      session,
      persistence: sessionExpirySeconds > 0 ? { version, userId, expirySeconds: sessionExpirySeconds } : undefined,
      will,
      versionNumber: counts ? known.versionNumber + 1 : 0,
      connectedAt: now,
      disconnectedAt: undefined,
    })
    return { session, resumed }
  }

  subscribe(session: MqttSession, filter: string, subscription: Subscription): void {
    const { router, shared } = this.#options
    session.subscriptions.set(filter, subscription)
    if (parseShared(filter) === undefined) {
      router.subscribe(session, filter, subscription)
    } else {
      shared.join(session, filter, subscription.qos)
    }
  }

  /** False if there was no such subscription. */
  unsubscribe(session: MqttSession, filter: string): boolean {
    const { router, shared } = this.#options
    if (!session.subscriptions.delete(filter)) return false
    if (parseShared(filter) === undefined) {
      router.unsubscribe(session, filter)
    } else {
      shared.leave(session, filter)
    }
    return true
  }

  /** MQTT 5's DISCONNECT can change the expiry of its session (§3.14.2.2.2). */
  setExpiry(client: Client, expirySeconds: number): void {
    const record = this.#recordOf(client)
    if (record?.persistence === undefined) return
    record.persistence = expirySeconds === 0 ? undefined : { ...record.persistence, expirySeconds }
  }

  /** The client sent a DISCONNECT: its last will is not published [MQTT-3.14.4-3]. */
  forgetWill(client: Client): void {
    const record = this.#recordOf(client)
    if (record !== undefined) record.will = undefined
  }

  /** An accepted connection ended. */
  closed(client: Client): void {
    const { lifecycle, clock, wills } = this.#options
    client.session?.detach(client)
    const record = this.#recordOf(client)
    if (record === undefined) return
    lifecycle.disconnected(client, record.versionNumber)
    record.disconnectedAt = clock.now()
    const { will, persistence } = record
    record.will = undefined
    if (will !== undefined) wills.schedule(client.clientId, client.requester, will, persistence?.expirySeconds ?? 0)
    if (persistence === undefined) this.discard(client.clientId)
  }

  /** Ends expired sessions and removes entries that no longer matter. */
  sweep(now: number): void {
    this.#options.wills.sweep(now)
    for (const [clientId, record] of this.#records) {
      if (hasExpired(record, now)) this.discard(clientId)
      if (record.persistence === undefined && isForgotten(record, now)) this.#records.delete(clientId)
    }
  }

  /** Removes a session with its subscriptions and its queue. A pending last will is published [MQTT-3.1.3-9]. */
  discard(clientId: string): void {
    const record = this.#records.get(clientId)
    if (record === undefined) return
    record.persistence = undefined
    this.#options.wills.send(clientId)
    for (const filter of record.session.subscriptions.keys()) this.unsubscribe(record.session, filter)
    record.session = this.#newSession(clientId)
  }

  discardAll(): void {
    for (const clientId of this.#records.keys()) this.discard(clientId)
  }

  #recordOf(client: Client): ClientRecord | undefined {
    const record = this.#records.get(client.clientId)
    return record?.client === client ? record : undefined
  }

  #newSession(clientId: string): MqttSession {
    const { clock, switches, observer } = this.#options
    const { redelivery } = switches
    if (observer === undefined) return new MqttSession({ clock, redelivery })
    const delivered: MqttSessionDelivered = (message, outcome) => observer.delivery(message, clientId, outcome)
    return new MqttSession({ clock, redelivery, delivered })
  }

  #mayResume(known: ClientRecord, client: Client, { version }: Agreement): boolean {
    const { clock, switches } = this.#options
    const { persistence } = known
    // Sessions of MQTT 3.1.1 and MQTT 5 are not interchangeable on AWS.
    if (persistence === undefined || persistence.version !== version || hasExpired(known, clock.now())) return false
    return (
      switches.sessionResume === 'any-principal' || persistence.userId === client.requester.identity.principal.userId
    )
  }
}

function isForgotten({ disconnectedAt }: ClientRecord, now: number): boolean {
  return disconnectedAt !== undefined && now - disconnectedAt > versionNumberLifeMs
}
