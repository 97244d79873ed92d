import { endedWithoutReason, isOverAnOperation, type ReasonCode, unanswered } from '../support/reason-codes.js'
import type { TransportFailure } from './transport.js'

/** How long the broker may take for an answer. Then the connection is taken to be broken. */
export const answerDeadlineMs = 10_000
/** The operation is refused when the connection has ended over it so many times. */
export const strikeLimit = 2
/** A connection that ends within this time after something was sent may have ended over it. Later, it is the network. */
export const suspicionMs = 5_000

/** What waited for a connection goes out so many at once, and then a second later: AWS IoT discards what is above 100 a second. */
const resentPerSecond = 50

/** Name of the failure of an attempt that took too long. */
export const connectOverdue = 'CONNECT_OVERDUE'
/** Name of the failure of a connection on which an answer did not come in time. */
export const answerOverdue = 'ANSWER_OVERDUE'

interface Pending<Line> {
  readonly send: (line: Line) => Promise<ReasonCode>
  readonly settle: (code: ReasonCode) => void
  readonly fail: (error: unknown) => void
  /** When it went out over the present connection. */
  sentAt: number | undefined
  /** How often the connection has ended over it. */
  strikes: number
}

/**
 * What is to be sent and not answered yet, over however many connections that takes.
 *
 * Operations go out in the order in which they were asked for, and again in that order after a break. When the connection ends over the
 * oldest one, that one goes out alone, so that it is known if it ends over it again: then it is refused, with the code of the
 * DISCONNECT where there was one, and everything else goes on. A broker refuses by hanging up where the protocol has no answer
 * that says no (QoS 1 and SUBSCRIBE over MQTT 3.1.1, reserved topics over both).
 */
export class Operations<Line> {
  readonly #pending = new Set<Pending<Line>>()
  #line: Line | undefined
  /** Why nothing is sent any more. */
  #abandoned: { readonly error: unknown } | undefined
  #overdue: () => void = () => {}
  /** The connection has ended over it before: it goes out alone. */
  #suspect: Pending<Line> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Until more of what waited may go out. */
  #backlog: ReturnType<typeof setTimeout> | undefined

  /** Resolves with the broker's reason code, whenever it comes. Rejects when it cannot be sent. */
  add(send: (line: Line) => Promise<ReasonCode>): Promise<ReasonCode> {
    return new Promise((settle, fail) => {
      if (this.#abandoned !== undefined) return fail(this.#abandoned.error)
      const pending = { send, settle, fail, sentAt: undefined, strikes: 0 }
      this.#pending.add(pending)
      const isNext = this.#suspect === undefined && this.#backlog === undefined
      if (isNext && this.#line !== undefined) this.#send(pending, this.#line)
    })
  }

  /** A connection stands. @param overdue called when an answer does not come in time: ends the connection */
  opened(line: Line, overdue: () => void): void {
    this.#line = line
    this.#overdue = overdue
    this.#sendDue()
  }

  /** The connection is gone. @param failure undefined where this side ended it */
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

  /** Nothing will be sent any more. */
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
      // A connection that is gone fails what it had: that goes out again over the next one.
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

/** Whether a connection may have ended over something that was sent so many milliseconds before. */
export function endedOver(sentForMs: number, { name, reasonCode }: TransportFailure): boolean {
  if (reasonCode !== undefined) return isOverAnOperation(reasonCode)
  return name === answerOverdue || sentForMs < suspicionMs
}

/** The answer to an operation over which the connection has ended. */
export function refusalCode({ name, reasonCode }: TransportFailure): ReasonCode {
  return reasonCode ?? (name === answerOverdue ? unanswered : endedWithoutReason)
}
