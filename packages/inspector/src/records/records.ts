import type {
  DeliveryOutcome,
  JournalEntry,
  MqttMessage,
  ObservedDecision,
  Observer,
} from '@topic-credentials/local-aws'
import { Ring } from './ring.js'
import type { Batch, DecisionRow, LogRow, MessageRow } from './shapes.js'
import { Vends } from './vends.js'

/** A decision, with the data for its details. */
export interface KeptDecision {
  readonly row: DecisionRow
  readonly observed: ObservedDecision | undefined
}

interface KeptMessage {
  readonly row: MessageRow
  readonly payload: Buffer
  readonly deliveries: Record<string, string>
}

/** Rows since the last batch. */
interface Fresh {
  decisions: DecisionRow[]
  messages: MessageRow[]
  deliveries: [number, string, string][]
  log: LogRow[]
}

/** Maximum number of rows of one kind in a batch; others are only counted. */
const mostInBatch = 100
const headBytes = 256
const largestKept = 16_384

/** Records events of the stand-in: keeps the last rows of each kind, refusals separately, and returns new rows in batches. */
export class Records implements Observer {
  readonly vends = new Vends()
  readonly #allowed = new Ring<number, KeptDecision>(500)
  readonly #refused = new Ring<number, KeptDecision>(500)
  readonly #messages = new Ring<number, KeptMessage>(500)
  readonly #log = new Ring<number, LogRow>(500)
  readonly #ids = new WeakMap<MqttMessage, number>()
  #next = 1
  #fresh: Fresh = emptyBatch()
  #skipped = 0

  decision(observed: ObservedDecision): void {
    const { at, accessKeyId, principal, clientId, action, resource, allowed, reason } = observed
    this.#decided(allowed, observed, {
      at,
      who: this.vends.of(accessKeyId)?.userId ?? nameOf(principal),
      clientId,
      operation: action.replace('iot:', ''),
      on: nameIn(resource),
      reason,
    })
  }

  message(message: MqttMessage): void {
    const id = this.#next++
    const { topic, qos, retain, from = 'HTTPS', receivedAt: at, payload } = message
    const head = payload.subarray(0, headBytes).toString('base64')
    const deliveries: Record<string, string> = {}
    const row: MessageRow = { id, at, topic, qos, retain, from, bytes: payload.length, head, deliveries }
    this.#ids.set(message, id)
    this.#messages.add(id, { row, payload: payload.subarray(0, largestKept), deliveries })
    this.#push('messages', row)
  }

  delivery(message: MqttMessage, clientId: string, outcome: DeliveryOutcome): void {
    const id = this.#ids.get(message)
    const kept = id === undefined ? undefined : this.#messages.get(id)
    if (id === undefined || kept === undefined) return
    kept.deliveries[clientId] = outcome
    this.#push('deliveries', [id, clientId, outcome])
  }

  /** Other events: refusals without a decision of IAM, and lines of functions. */
  journal(entry: JournalEntry): void {
    const { at, service, event, outcome, principal = '', detail = '', fields = {} } = entry
    if (service === 'lambda' && event === 'Log') {
      for (const line of detail.split('\n')) this.vends.read(line)
      this.#logged(at, String(fields.functionName ?? 'function'), detail, / ERROR |"level":"ERROR"/u.test(detail))
      return
    }
    if (outcome !== 'ok') this.#logged(at, service, `${event} ${outcome}: ${detail}`, true)
    if (outcome !== 'refused' || fields.reason === 'AUTHORIZATION_FAILURE') return
    const refusal = this.vends.refusal(String(fields.requestId))
    this.#decided(false, undefined, {
      at,
      who: refusal?.userId ?? nameOf(principal),
      clientId: fields.clientId === undefined ? undefined : String(fields.clientId),
      operation: event,
      on: String(fields.topic ?? fields.clientId ?? service),
      reason: refusal?.reason ?? detail,
    })
  }

  find(id: number): KeptDecision | undefined {
    return this.#allowed.get(id) ?? this.#refused.get(id)
  }

  /** The payload of a message, as far as it is kept. */
  payload(id: number): Buffer | undefined {
    return this.#messages.get(id)?.payload
  }

  /** All kept rows, for a page that is opened. */
  all(): Batch {
    const decisions = [...this.#allowed.list(), ...this.#refused.list()].map(({ row }) => row)
    return {
      decisions: decisions.sort((one, other) => one.id - other.id),
      messages: this.#messages.list().map(({ row }) => row),
      deliveries: [],
      log: this.#log.list(),
      skipped: 0,
    }
  }

  /** Rows since the last call; undefined if there are none. */
  take(): Batch | undefined {
    const { decisions, messages, deliveries, log } = this.#fresh
    const skipped = this.#skipped
    if (decisions.length + messages.length + deliveries.length + log.length + skipped === 0) return undefined
    this.#fresh = emptyBatch()
    this.#skipped = 0
    return { decisions, messages, deliveries, log, skipped }
  }

  #decided(allowed: boolean, observed: ObservedDecision | undefined, facts: Omit<DecisionRow, 'id' | 'allowed'>): void {
    const row: DecisionRow = { id: this.#next++, allowed, ...facts }
    const ring = allowed ? this.#allowed : this.#refused
    ring.add(row.id, { row, observed })
    this.#push('decisions', row)
  }

  #logged(at: number, source: string, text: string, failed: boolean): void {
    const row: LogRow = { id: this.#next++, at, source, text, failed }
    this.#log.add(row.id, row)
    this.#push('log', row)
  }

  #push<Kind extends keyof Fresh>(kind: Kind, row: Fresh[Kind][number]): void {
    const list: Fresh[Kind][number][] = this.#fresh[kind]
    if (list.length < mostInBatch) {
      list.push(row)
    } else {
      this.#skipped++
    }
  }
}

function emptyBatch(): Fresh {
  return { decisions: [], messages: [], deliveries: [], log: [] }
}

/** The last part of an ARN: a user's name, or a session's. */
export function nameOf(principal: string): string {
  return principal.slice(principal.lastIndexOf('/') + 1) || 'unknown'
}

/** What follows the resource's type: a topic, a filter, a client ID. */
export function nameIn(resource: string): string {
  return /^arn:[^:]*:iot:[^:]*:[^:]*:(?:client|topic|topicfilter)\/(.*)$/su.exec(resource)?.[1] ?? resource
}
