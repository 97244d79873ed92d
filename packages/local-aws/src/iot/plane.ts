import type { Clock } from '../clock.js'
import type { Journal, JournalEntry } from '../journal.js'
import type { Authorization, Caller, Ruling } from './authorization.js'
import type { Broker } from './broker.js'
import type { MqttConnection } from './connection.js'
import type { Latency } from './latency.js'
import type { Lifecycle } from './lifecycle.js'
import type { Limits } from './limits.js'
import type { Outbox } from './outbox.js'
import type { Sessions } from './sessions.js'
import type { SharedSubscriptions } from './shared.js'
import type { Switches } from './switches.js'

/** The data plane's parts, as its rules see them. */
export interface Plane {
  readonly clock: Clock
  readonly limits: Limits
  readonly switches: Switches
  readonly authorization: Authorization
  readonly record: Recorder
  readonly broker: Broker
  readonly sessions: Sessions
  readonly shared: SharedSubscriptions
  readonly lifecycle: Lifecycle
  readonly latency: Latency
  readonly outbox: Outbox
  /** Every open WebSocket. */
  readonly sockets: Set<MqttConnection>
  /** The connection that holds a client ID. */
  readonly connected: Map<string, MqttConnection>
}

type Fields = Record<string, string | number | boolean>

/** Writes what the data plane does to the journal. */
export class Recorder {
  readonly #journal: Journal | undefined
  readonly #clock: Clock

  /** Without a journal nothing is written. */
  constructor(journal: Journal | undefined, clock: Clock) {
    this.#journal = journal
    this.#clock = clock
  }

  ok(event: string, caller: Caller, fields: Fields = {}): void {
    this.#write('ok', event, caller, undefined, fields)
  }

  /** IAM said no: the detail is the statement that decided, or that none allowed it. */
  denied(event: string, caller: Caller, ruling: Ruling, fields: Fields = {}): void {
    this.#write('refused', event, caller, `${ruling.action} on ${ruling.resource}: ${ruling.reason}`, {
      ...fields,
      action: ruling.action,
      resource: ruling.resource,
      outcome: ruling.outcome,
      reason: 'AUTHORIZATION_FAILURE',
    })
  }

  /** A rule of MQTT or a limit of AWS said no. */
  refused(event: string, caller: Caller, detail: string, fields: Fields = {}): void {
    this.#write('refused', event, caller, detail, fields)
  }

  /** The stand-in itself could not go on. */
  failed(caller: Caller, error: Error): void {
    this.#write('failed', 'ServerError', caller, `the stand-in failed: ${error.message}`, {})
  }

  /** Refused before anybody was known. */
  stranger(event: string, accessKeyId: string | undefined, detail: string, fields: Fields): void {
    this.#entry('refused', event, accessKeyId, detail, fields)
  }

  #write(outcome: JournalEntry['outcome'], event: string, caller: Caller, detail: string | undefined, fields: Fields) {
    if (this.#journal === undefined) return
    const clientId = caller.clientId === undefined ? {} : { clientId: caller.clientId }
    this.#entry(outcome, event, caller.identity.principal.arn, detail, { ...clientId, ...fields })
  }

  #entry(
    outcome: JournalEntry['outcome'],
    event: string,
    principal: string | undefined,
    detail: string | undefined,
    fields: Fields,
  ) {
    this.#journal?.({
      at: this.#clock.now(),
      service: 'iot',
      event,
      outcome,
      ...(principal === undefined ? {} : { principal }),
      ...(detail === undefined ? {} : { detail }),
      fields,
    })
  }
}
