import { Series } from './series.js'

/** A quota as AWS enforces it: a rate per second, and a burst after a pause. */
export interface QuotaLimits {
  readonly name: string
  readonly perSecond: number
  /** The amount of one second, where AWS does not document the burst. */
  readonly burst: number
}

/** A token bucket that counts the requests. */
export class Quota {
  readonly limits: QuotaLimits
  readonly requests = new Series()
  rejected = 0
  #tokens: number
  #at = 0

  constructor(limits: QuotaLimits) {
    this.limits = limits
    this.#tokens = limits.burst
  }

  /** True if a token is available at `now` (milliseconds). */
  take(now: number): boolean {
    const { perSecond, burst } = this.limits
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1000)
    this.#at = now
    this.requests.add(now)
    if (this.#tokens < 1) {
      this.rejected += 1
      return false
    }
    this.#tokens -= 1
    return true
  }
}
