/** The limits of a rate. */
export interface RateOptions {
  readonly perSecond: number
  /** Number that may start at once after a pause. In any second, no more than `burst + perSecond` start. */
  readonly burst: number
}

/** Publishes at AWS IoT's rate: it silently discards messages above 100 per second per connection. */
export const awsPublishRate: RateOptions = { perSecond: 80, burst: 15 }

/** Maximum time for which an operation without a response blocks the others. */
const patienceMs = 5_000

/** The clock of a rate. */
export interface RateClock {
  /** Milliseconds from an arbitrary origin. */
  now(): number
  sleep(ms: number): Promise<unknown>
}

/**
 * Starts operations at a steady rate, in the order of the calls.
 *
 * Evenly spaced sends can arrive as a burst if the network or the other side stalls for a moment. So an operation also waits until the one
 * `burst + perSecond` before it was acknowledged a second ago: then no second contains more at the other end.
 */
export class PublishRate {
  readonly #intervalMs: number
  readonly #burstMs: number
  readonly #window: number
  readonly #clock: RateClock
  /** When the next one is due at an even rate. */
  #due = Number.NEGATIVE_INFINITY
  #turn: Promise<unknown> = Promise.resolve()
  /** The last operations: when each started, and when it was acknowledged. */
  readonly #recent: { readonly began: number; readonly answered: Promise<number> }[] = []

  constructor({ perSecond, burst }: RateOptions, clock: RateClock) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = (burst - 1) * this.#intervalMs
    this.#window = burst + perSecond
    this.#clock = clock
  }

  /** Starts an operation when its turn comes. Settles like the operation. */
  run<Answer>(begin: () => Promise<Answer>): Promise<Answer> {
    // One after the other: late timers do not fire in the order of their times.
    const begun = this.#turn.then(async () => {
      await this.#wait()
      const answer = begin()
      const now = () => this.#clock.now()
      this.#recent.push({ began: now(), answered: answer.then(now, now) })
      return { answer }
    })
    this.#turn = begun.catch(() => {})
    return begun.then(({ answer }) => answer)
  }

  async #wait(): Promise<void> {
    const due = Math.max(this.#due, this.#clock.now() - this.#burstMs)
    this.#due = due + this.#intervalMs
    await this.#sleepUntil(due)
    const oldest = this.#recent.length < this.#window ? undefined : this.#recent.shift()
    if (oldest === undefined) return
    const { began, answered } = oldest
    const answeredAt = await Promise.race([answered, this.#sleepUntil(began + patienceMs)])
    if (answeredAt !== undefined) await this.#sleepUntil(answeredAt + 1_000)
  }

  async #sleepUntil(time: number): Promise<void> {
    const wait = time - this.#clock.now()
    if (wait > 0) await this.#clock.sleep(wait)
  }
}
