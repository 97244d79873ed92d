import { suspicionMs } from '../connection/operations.js'
import type { TransportFailure } from '../connection/transport.js'
import { endedWithoutReason, isOverAnOperation, type ReasonCode } from '../support/reason-codes.js'

/** What a broker has refused by ending the connection. */
export interface Refused {
  readonly topic: string
  readonly code: ReasonCode
}

/** Messages of QoS 0 have no answer: a broker that refuses one ends the connection. */
export class Unacknowledged {
  #last: { readonly topic: string; readonly at: number } | undefined
  /** The topic over which the connection may have ended the last time, without a reason. */
  #suspect: string | undefined

  sent(topic: string): void {
    this.#last = { topic, at: performance.now() }
  }

  /**
   * The connection has ended.
   *
   * @param answersDue whether something with an answer was on its way: then that is to blame
   * @returns what it ended over: told by a reason code at once, and without one when it ends over the same topic twice
   */
  refused({ reasonCode }: TransportFailure, answersDue: boolean): Refused | undefined {
    const { topic, at } = this.#last ?? { topic: '', at: Number.NEGATIVE_INFINITY }
    this.#last = undefined
    if (answersDue || performance.now() - at >= suspicionMs) return undefined
    if (reasonCode !== undefined) return isOverAnOperation(reasonCode) ? { topic, code: reasonCode } : undefined
    const again = this.#suspect === topic
    this.#suspect = again ? undefined : topic
    return again ? { topic, code: endedWithoutReason } : undefined
  }
}
