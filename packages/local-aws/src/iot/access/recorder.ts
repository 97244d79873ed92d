import type { Clock } from '../../clock.js'
import type { Journal, JournalEntry } from '../../journal.js'
import type { Requester, Ruling } from './authorization.js'

type Fields = Record<string, string | number | boolean>

/** Writes the data plane's events to the journal. */
export class Recorder {
  readonly #journal: Journal
  readonly #clock: Clock

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal
    this.#clock = clock
  }

  ok(event: string, requester: Requester, fields: Fields = {}): void {
    this.#write('ok', event, requester, undefined, fields)
  }

  /** Refused by IAM: the detail contains the deciding statement, or that none allows the request. */
  denied(event: string, requester: Requester, ruling: Ruling, fields: Fields = {}): void {
    this.#write('refused', event, requester, `${ruling.action} on ${ruling.resource}: ${ruling.reason}`, {
      ...fields,
      action: ruling.action,
      resource: ruling.resource,
      outcome: ruling.outcome,
      reason: 'AUTHORIZATION_FAILURE',
    })
  }

  /** Refused by a rule of MQTT or a limit of AWS. */
  refused(event: string, requester: Requester, detail: string, fields: Fields = {}): void {
    this.#write('refused', event, requester, detail, fields)
  }

  /** An internal error of the stand-in. */
  failed(requester: Requester, error: Error): void {
    this.#write('failed', 'ServerError', requester, `the stand-in failed: ${error.message}`, {})
  }

  /** Refused before the caller was identified. */
  stranger(event: string, accessKeyId: string | undefined, detail: string, fields: Fields): void {
    this.#entry('refused', event, accessKeyId, detail, fields)
  }

  #write(
    outcome: JournalEntry['outcome'],
    event: string,
    { clientId, identity }: Requester,
    detail: string | undefined,
    fields: Fields,
  ) {
    const named = clientId === undefined ? fields : { clientId, ...fields }
    this.#entry(outcome, event, identity.principal.arn, detail, named)
  }

  #entry(
    outcome: JournalEntry['outcome'],
    event: string,
    principal: string | undefined,
    detail: string | undefined,
    fields: Fields,
  ) {
    this.#journal({ at: this.#clock.now(), service: 'iot', event, outcome, principal, detail, fields })
  }
}
