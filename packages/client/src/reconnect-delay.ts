/** Why an attempt failed: a quota was used up, which is a sign of many others, or anything else that may pass. */
export type Setback = 'failed' | 'throttled'

/** Upper bound of the wait after a connection that stood has broken: a single client is back at once. */
export const firstReconnectMs = 100
/** No wait after an ordinary failure is longer, so that a client is back soon after its network is. */
const maxAfterFailureMs = 60_000
/** Bounds of the first and of the longest wait after a throttled attempt where nobody has said how large the fleet is. */
const firstAfterThrottleMs = 2_000
const maxAfterThrottleMs = 300_000
/** The longest spread, unless more is asked for. */
const maxSpreadMs = 3_600_000

/**
 * How long to wait before the next attempt, in milliseconds: by full jitter, uniformly anywhere below a bound.
 *
 * The bound depends on why the last attempt failed. After an ordinary failure it doubles from 200 ms to a minute. After a
 * throttled one the quota decides how soon all clients can be served, and a client cannot know how many they are: with
 * `spreadMs`, which stands for that time, the bound is this at once, so that the fleet comes back at an even pace; it doubles
 * with every second refusal in a row, in case the fleet has outgrown it. Without it the bound doubles from 2 s to five minutes.
 *
 * @param times failures of this kind since the last success, this one included: 1 or more
 * @param random uniform in [0, 1)
 * @param spreadMs time in which the quota serves the whole fleet
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @example reconnectDelay('throttled', 1, Math.random(), 2_200_000)
 */
export function reconnectDelay(setback: Setback, times: number, random: number, spreadMs?: number): number {
  return random * bound(setback, times, spreadMs)
}

function bound(setback: Setback, times: number, spreadMs: number | undefined): number {
  if (setback === 'failed') return Math.min(maxAfterFailureMs, firstReconnectMs * 2 ** times)
  if (spreadMs === undefined) return Math.min(maxAfterThrottleMs, firstAfterThrottleMs * 2 ** (times - 1))
  return Math.min(Math.max(spreadMs, maxSpreadMs), spreadMs * 2 ** Math.floor((times - 1) / 2))
}
