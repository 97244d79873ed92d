import type { Clock } from '../clock.js'

/** The throttle of a route: `rate` requests per second on average, `burst` at once. */
export interface Throttle {
  readonly rate: number
  readonly burst: number
}

/**
 * Takes one token per request and refills at the throttle's rate, by the stand-in's clock.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export class TokenBucket {
  readonly #throttle: Throttle
  readonly #clock: Clock
  #tokens: number
  #filledAt: number

  constructor(throttle: Throttle, clock: Clock) {
    this.#throttle = throttle
    this.#clock = clock
    this.#tokens = throttle.burst
    this.#filledAt = clock.now()
  }

  /** False if the request exceeds the throttle. */
  take(): boolean {
    const now = this.#clock.now()
    const { rate, burst } = this.#throttle
    // Setting the clock back neither adds nor removes tokens.
    const gained = (Math.max(0, now - this.#filledAt) / 1000) * rate
    this.#tokens = Math.min(burst, this.#tokens + gained)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
