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
 * Why an attempt failed: a quota of the account was used up, which is a sign of many others; the client ID's own was, by what this client
 * did just before; or anything else that may pass.
 */
export type Setback = 'failed' | 'throttled' | 'too_soon'

/** Upper bound of the wait after a connection that stood has broken: a single client is back at once. */
export const firstReconnectMs = 100
/** Ordinary failures to connect: from 200 ms to a minute, so that a client is back soon after its network is. */
const afterFailure: Omit<Backoff, 'attempts'> = { baseMs: 2 * firstReconnectMs, capMs: 60_000 }
/** Throttled attempts where the size of the fleet is unknown. */
const afterThrottle: Omit<Backoff, 'attempts'> = { baseMs: 2_000, capMs: 300_000 }
/** The longest spread, unless more is asked for. */
const maxSpreadMs = 3_600_000
/** A client ID that connected too soon: a second, and then so long that nothing it did before can count any more. */
const tooSoonMs = [1_000, 10_000] as const

/**
 * The wait before try `attempt` (1 is the first repetition), by full jitter: uniformly anywhere between nothing and the
 * doubling bound, which spreads a fleet best. A server's Retry-After is a lower bound, jittered upwards so that clients that
 * were told the same second do not come back in the same second.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param random uniform in [0, 1)
 */
export function retryDelay(attempt: number, backoff: Backoff, random: number, retryAfterMs?: number): number {
  const bound = doubled(backoff, attempt)
  return retryAfterMs === undefined ? random * bound : retryAfterMs + random * Math.max(bound, retryAfterMs)
}

/**
 * How long to wait before the next attempt to connect, in milliseconds: by full jitter, uniformly anywhere below a bound.
 *
 * The bound depends on why the last attempt failed. After an ordinary failure it doubles from 200 ms to a minute. After a
 * throttled one the quota decides how soon all clients can be served, and a client cannot know how many they are: with
 * `spreadMs`, which stands for that time, the bound is this at once, so that the fleet comes back at an even pace; it doubles
 * with every second refusal in a row, in case the fleet has outgrown it. Without it the bound doubles from 2 s to five minutes. A client
 * ID that connected too soon waits 1 to 2 s, and then 10 to 11 s.
 *
 * @param times failures of this kind since the last success, this one included: 1 or more
 * @param random uniform in [0, 1)
 * @param spreadMs time in which the quota serves the whole fleet
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
