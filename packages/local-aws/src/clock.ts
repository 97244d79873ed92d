/** The time source of every service (milliseconds since the epoch), which tests can drive and a fault can shift. */
export interface Clock {
  now(): number
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }
