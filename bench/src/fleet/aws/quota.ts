import { Series } from './series.js'

/** A quota as AWS enforces one: so many requests a second, and after a pause so many at once. */
export interface QuotaLimits {
  readonly name: string
  readonly perSecond: number
  /** Where AWS does not document it: what one second gives. */
  readonly burst: number
}

/** A token bucket that counts what is asked of it. */
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

  /** True when there is a token left at `now` (milliseconds). */
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
