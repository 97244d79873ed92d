/** The delays between attempts, in milliseconds. */
export interface Backoff {
  /** Upper bound of the first delay; doubles with each attempt. */
  readonly baseMs: number
  /** Maximum delay, unless the server requests a longer one. */
  readonly capMs: number
  /** Maximum number of attempts, including the first one. */
  readonly attempts: number
}

/** Six attempts within about half a minute: longer than the interruption of a deployment, short enough for a waiting user. */
export const defaultBackoff: Backoff = { baseMs: 500, capMs: 20_000, attempts: 6 }

/**
 * Why an attempt failed: a quota of the account was used up, which suggests many other clients; the quota of the client ID was, because of
 * this client's own CONNECTs; or another temporary cause.
 */
export type Setback = 'failed' | 'throttled' | 'too_soon'

/** Upper bound of the delay after an established connection has broken: a single client reconnects almost immediately. */
export const firstReconnectMs = 100
/** Ordinary failures to connect: from 200 ms to a minute, so that a client reconnects soon after its network is back. */
const afterFailure: Omit<Backoff, 'attempts'> = { baseMs: 2 * firstReconnectMs, capMs: 60_000 }
/** Throttled attempts if the size of the fleet is unknown. */
const afterThrottle: Omit<Backoff, 'attempts'> = { baseMs: 2_000, capMs: 300_000 }
/** Maximum spread, unless a longer one is configured. */
const maxSpreadMs = 3_600_000
/** A client ID that connected too soon: first one second, then long enough that none of its earlier CONNECTs can count. */
const tooSoonMs = [1_000, 10_000] as const

/**
 * The delay before attempt `attempt` (1 is the first retry), with full jitter: uniformly distributed between zero and the doubling bound,
 * which spreads a fleet best. A server's Retry-After is a lower bound, with jitter added, so that clients with the same value do not
 * retry in the same second.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param random uniform in [0, 1)
 */
export function retryDelay(attempt: number, backoff: Backoff, random: number, retryAfterMs?: number): number {
  const bound = doubled(backoff, attempt)
  return retryAfterMs === undefined ? random * bound : retryAfterMs + random * Math.max(bound, retryAfterMs)
}

/**
 * The delay before the next attempt to connect in milliseconds, with full jitter: uniformly distributed below a bound.
 *
 * The bound depends on why the last attempt failed. After an ordinary failure it doubles from 200 ms to a minute. After throttling, the
 * quota determines how soon all clients can be served, but a client does not know their number. With `spreadMs`, the time that all of them
 * need, that is the bound, so that the fleet returns at an even rate; it doubles with every second consecutive refusal, in case the fleet
 * has grown. Without `spreadMs` the bound doubles from 2 s to five minutes. A client ID that connected too soon waits 1 to 2 s, and then
 * 10 to 11 s.
 *
 * @param times consecutive failures of this kind, including this one: 1 or more
 * @param random uniform in [0, 1)
 * @param spreadMs period in which the quota can serve the whole fleet
 * @example reconnectDelay('throttled', 1, Math.random(), 2_200_000)
 */
export function reconnectDelay(setback: Setback, times: number, random: number, spreadMs?: number): number {
  if (setback === 'too_soon') return tooSoonMs[times === 1 ? 0 : 1] + random * tooSoonMs[0]
  return random * reconnectBound(setback, times, spreadMs)
}

function reconnectBound(setback: Exclude<Setback, 'too_soon'>, times: number, spreadMs: number | undefined): number {
  if (setback === 'failed') return doubled(afterFailure, times)
  if (spreadMs === undefined) return doubled(afterThrottle, times)
  return Math.min(Math.max(spreadMs, maxSpreadMs), spreadMs * 2 ** Math.floor((times - 1) / 2))
}

function doubled({ baseMs, capMs }: Omit<Backoff, 'attempts'>, times: number): number {
  return Math.min(capMs, baseMs * 2 ** (times - 1))
}
