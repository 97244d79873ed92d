/** How long to wait between tries. All in milliseconds. */
export interface Backoff {
  /** Upper bound of the first wait; doubles with each try. */
  readonly baseMs: number
  /** No wait is longer, unless the server asked for it. */
  readonly capMs: number
  /** Tries in all, the first one included. */
  readonly attempts: number
}

/** Six tries within about half a minute: longer than a deployment's hiccup, shorter than a user's patience. */
export const defaultBackoff: Backoff = { baseMs: 500, capMs: 20_000, attempts: 6 }

/**
 * The wait before try `attempt` (1 is the first repetition), by full jitter: uniformly anywhere between nothing and the
 * doubling bound, which spreads a fleet best. A server's Retry-After is a lower bound, jittered upwards so that those who
 * were told the same second do not come back in the same second.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param random uniform in [0, 1)
 */
export function waitBefore(attempt: number, backoff: Backoff, random: number, retryAfterMs?: number): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1))
  return retryAfterMs === undefined ? random * bound : retryAfterMs + random * Math.max(bound, retryAfterMs)
}
