/** Counts events per second; a second is a fixed window that starts with its first event. */
export class RateLimit {
  readonly #perSecond: number
  #windowStart = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Counts one event at `now` (milliseconds). False if the second is used up. */
  take(now: number): boolean {
    if (now - this.#windowStart >= 1000 || now < this.#windowStart) {
      this.#windowStart = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#perSecond
  }

  /** True if no event still counts at `now`. */
  idle(now: number): boolean {
    return now - this.#windowStart >= 1000
  }
}
