/** Counts events in each second of the clock; a second is a fixed window from its first event. */
export class RateLimit {
  readonly #perSecond: number
  #windowStart = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes one event at `now` (milliseconds). False when the second is used up. */
  take(now: number): boolean {
    if (now - this.#windowStart >= 1000 || now < this.#windowStart) {
      this.#windowStart = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#perSecond
  }

  /** True when nothing that happened still counts at `now`. */
  idle(now: number): boolean {
    return now - this.#windowStart >= 1000
  }
}
