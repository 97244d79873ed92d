import type { Arrival } from './programs/subscriber.js'

/** Statistics of the messages of a run. */
export interface Delivery {
  /** Published and accepted by the broker, but never received. */
  readonly lost: number
  /** Received more than once. */
  readonly repeated: number
  /** For each cut, the longest interval between two messages around it, in milliseconds. */
  readonly gaps: readonly number[]
}

/**
 * @param arrivals in order of arrival
 * @param published numbers of the messages that the broker accepted
 * @param cuts times at which the connection was cut, in order
 */
export function delivery(
  arrivals: readonly Arrival[],
  published: readonly number[],
  cuts: readonly number[],
): Delivery {
  const received = new Set(arrivals.map(([number]) => number))
  const gaps = cuts.map((cut, index) => {
    const next = cuts[index + 1] ?? Number.POSITIVE_INFINITY
    const pauses = arrivals.map(([, at], place) => (at >= cut && at < next ? at - (arrivals[place - 1]?.[1] ?? at) : 0))
    return Math.max(0, ...pauses)
  })
  return {
    lost: published.filter((number) => !received.has(number)).length,
    repeated: arrivals.length - received.size,
    gaps,
  }
}
