/** Where every service reads the time (milliseconds since the epoch), so that a test can drive it and a fault can skew it. */
export interface Clock {
  now(): number
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }
