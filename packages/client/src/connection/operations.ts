import { endedWithoutReason, isOverAnOperation, type ReasonCode, unanswered } from '../support/reason-codes.js'
import type { TransportFailure } from './transport.js'

/** Maximum time for the broker's response. After that, the connection is considered broken. */
export const answerDeadlineMs = 10_000
export const noAnswer = `no response within ${answerDeadlineMs / 1_000} s`
/** An operation is refused after the connection has ended because of it this many times. */
export const strikeLimit = 2
/** If a connection ends within this time after a packet was sent, the packet may be the cause. Later, the network is. */
export const suspicionMs = 5_000

/** Waiting operations are sent in batches of this size, one per second: AWS IoT discards messages above 100 per second. */
const resentPerSecond = 50

/** Failure name of an attempt that took too long. */
export const connectOverdue = 'CONNECT_OVERDUE'
/** Failure name of a connection on which a PINGRESP did not arrive in time. */
export const pingOverdue = 'PING_OVERDUE'
/** Failure name of a connection on which a response did not arrive in time. */
export const answerOverdue = 'ANSWER_OVERDUE'

interface Pending<Line> {
  readonly send: (line: Line) => Promise<ReasonCode>
  readonly settle: (code: ReasonCode) => void
  readonly fail: (error: unknown) => void
  /** When it was sent over the current connection. */
  sentAt: number | undefined
  /** How many times the connection has ended because of it. */
  strikes: number
}

/**
 * Operations that are not acknowledged yet, across reconnects.
 *
 * Operations are sent in the order of the calls, and again in that order after an interruption. If the connection ends because of the
 * oldest one, that one is next sent alone, to see whether it is the cause. If the connection ends again, the operation is refused, with
 * the code of the DISCONNECT if there was one, and all others continue. The broker refuses operations in this way if the protocol has
 * no negative acknowledgement (QoS 1 and SUBSCRIBE with MQTT 3.1.1, reserved topics with both versions).
 */
export class Operations<Line> {
  readonly #pending = new Set<Pending<Line>>()
  #line: Line | undefined
  /** The error because of which nothing is sent any more. */
  #abandoned: { readonly error: unknown } | undefined
  #overdue: () => void = () => {}
  /** The operation that may have ended the last connection: it is sent alone. */
  #suspect: Pending<Line> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Timer until more waiting operations are sent. */
  #backlog: ReturnType<typeof setTimeout> | undefined

  /** Resolves with the broker's reason code, whenever it arrives. Rejects if the operation cannot be sent. */
  add(send: (line: Line) => Promise<ReasonCode>): Promise<ReasonCode> {
    return new Promise((settle, fail) => {
      if (this.#abandoned !== undefined) return fail(this.#abandoned.error)
      const pending = { send, settle, fail, sentAt: undefined, strikes: 0 }
      this.#pending.add(pending)
      const isNext = this.#suspect === undefined && this.#backlog === undefined
      if (isNext && this.#line !== undefined) this.#send(pending, this.#line)
    })
  }

  /** Called when a connection is established. @param overdue called if a response does not arrive in time: ends the connection */
  opened(line: Line, overdue: () => void): void {
    this.#line = line
    this.#overdue = overdue
    this.#sendDue()
  }

  /** Called when the connection has ended. @param failure undefined if this side ended it */
  closed(failure: TransportFailure | undefined): void {
    this.#line = undefined
    clearTimeout(this.#timer)
    clearTimeout(this.#backlog)
    this.#timer = undefined
    this.#backlog = undefined
    const oldest = [...this.#pending].find(({ sentAt }) => sentAt !== undefined)
    if (oldest !== undefined && failure !== undefined && endedOver(performance.now() - (oldest.sentAt ?? 0), failure)) {
      this.#strike(oldest, failure)
    }
    for (const pending of this.#pending) pending.sentAt = undefined
  }

  /** Rejects all operations; nothing is sent any more. */
  abandon(error: unknown): void {
    this.#abandoned = { error }
    this.closed(undefined)
    const all = [...this.#pending]
    this.#pending.clear()
    for (const { fail } of all) fail(error)
  }

  #strike(pending: Pending<Line>, failure: TransportFailure): void {
    pending.strikes += 1
    this.#suspect = pending
    if (pending.strikes < strikeLimit) return
    this.#finish(pending)
    pending.settle(refusalCode(failure))
  }

  #sendDue(): void {
    this.#backlog = undefined
    let left = resentPerSecond
    for (const pending of this.#suspect === undefined ? this.#pending : [this.#suspect]) {
      if (pending.sentAt !== undefined || this.#line === undefined) continue
      if (left-- === 0) {
        this.#backlog = setTimeout(() => this.#sendDue(), 1_000)
        return
      }
      this.#send(pending, this.#line)
    }
  }

  #send(pending: Pending<Line>, line: Line): void {
    pending.sentAt = performance.now()
    this.#watch()
    const answered = (settle: () => void) => {
      // Operations on a lost connection fail; they are sent again over the next one.
      if (line !== this.#line || !this.#pending.has(pending)) return
      const held = this.#suspect !== undefined
      this.#finish(pending)
      settle()
      if (held && this.#suspect === undefined) this.#sendDue()
    }
    pending.send(line).then(
      (code) => answered(() => pending.settle(code)),
      (error: unknown) => answered(() => pending.fail(error)),
    )
  }

  #finish(pending: Pending<Line>): void {
    this.#pending.delete(pending)
    if (this.#suspect === pending) this.#suspect = undefined
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => this.#checkOldest(), answerDeadlineMs)
  }

  #checkOldest(): void {
    this.#timer = undefined
    const oldest = [...this.#pending].find(({ sentAt }) => sentAt !== undefined)
    if (oldest?.sentAt === undefined) return
    const left = oldest.sentAt + answerDeadlineMs - performance.now()
    if (left <= 0) {
      this.#overdue()
    } else {
      this.#timer = setTimeout(() => this.#checkOldest(), left)
    }
  }
}

/** Whether a connection may have ended because of a packet that was sent this many milliseconds before. */
export function endedOver(sentForMs: number, { name, reasonCode }: TransportFailure): boolean {
  if (reasonCode !== undefined) return isOverAnOperation(reasonCode)
  return name === answerOverdue || sentForMs < suspicionMs
}

/** The result of an operation that ended the connection. */
export function refusalCode({ name, reasonCode }: TransportFailure): ReasonCode {
  return reasonCode ?? (name === answerOverdue ? unanswered : endedWithoutReason)
}
