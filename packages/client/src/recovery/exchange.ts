// Loaded by the first `grant()`.
import { overdue } from '../common-errors.js'
import type { AskedGrants } from '../credentials/vendor-options.js'
import { abortable } from '../support/abort.js'
import { withDeadline } from '../support/deadline.js'
import type { Recovery, RecoveryParts } from './recovery.js'

const grantTimeoutMs = 30_000

/** Options of `exchangeGrants`. */
export interface ExchangeOptions {
  readonly signal?: AbortSignal
  /** Default 30,000, and twice the fleet's spread. */
  readonly timeoutMs?: number
}

/**
 * Requests credentials with these grants, and reconnects with them.
 *
 * @throws the vendor's refusal; TopicCredentialsError `grant_timed_out`
 */
export async function exchangeGrants(
  { credentials, closing, spreadMs = 0 }: RecoveryParts,
  recovery: Recovery,
  asked: AskedGrants,
  { signal, timeoutMs = grantTimeoutMs + 2 * spreadMs }: ExchangeOptions,
): Promise<void> {
  const renewed = async (until: AbortSignal) => {
    const ends = AbortSignal.any([until, closing.signal])
    await abortable(credentials.ask(asked), ends)
    await recovery.renew(ends)
  }
  const late = () =>
    overdue('The session did not reconnect with the new grants', timeoutMs, {
      code: 'grant_timed_out',
      remedy: 'The next connection will use them once they are vended. See the interrupted events for the cause.',
    })
  await withDeadline(renewed, timeoutMs, late, signal)
}
