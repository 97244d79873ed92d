import { suspicionMs } from '../connection/operations.js'
import type { TransportFailure } from '../connection/transport.js'
import { endedWithoutReason, isOverAnOperation, type ReasonCode } from '../support/reason-codes.js'

/** An operation that the broker refused by closing the connection. */
export interface Refused {
  readonly topic: string
  readonly code: ReasonCode
}

/** Messages with QoS 0 have no acknowledgement: a broker that refuses one closes the connection. */
export class Unacknowledged {
  #last: { readonly topic: string; readonly at: number } | undefined
  /** The topic that may have ended the last connection without a reason. */
  #suspect: string | undefined

  sent(topic: string): void {
    this.#last = { topic, at: performance.now() }
  }

  /**
   * Called when the connection has ended.
   *
   * @param answersDue whether an operation with an acknowledgement was in flight: then that one is the cause
   * @returns the refused message: immediately with a reason code, and without one if the connection ends twice because of the same topic
   */
  refused({ reasonCode }: TransportFailure, answersDue: boolean): Refused | undefined {
    const last = this.#last
    this.#last = undefined
    if (answersDue || last === undefined || performance.now() - last.at >= suspicionMs) return undefined
    const { topic } = last
    if (reasonCode !== undefined) return isOverAnOperation(reasonCode) ? { topic, code: reasonCode } : undefined
    const again = this.#suspect === topic
    this.#suspect = again ? undefined : topic
    return again ? { topic, code: endedWithoutReason } : undefined
  }
}
