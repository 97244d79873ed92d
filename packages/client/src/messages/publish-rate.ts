/** How often something may happen. */
export interface RateOptions {
  readonly perSecond: number
  /** So many may happen at once, after a pause. In any second no more than `burst + perSecond` begin. */
  readonly burst: number
}

/** Publishes at AWS IoT's pace: it discards what is above 100 a second on one connection, without a word. */
export const awsPublishRate: RateOptions = { perSecond: 80, burst: 15 }

/** What never gets an answer holds up the others no longer than this. */
const patienceMs = 5_000

/** What a pace goes by. */
export interface RateClock {
  /** Milliseconds, from any beginning. */
  now(): number
  sleep(ms: number): Promise<unknown>
}

/**
 * Lets things happen at a steady pace, in the order in which they were asked for.
 *
 * Evenly spaced sends can arrive as a burst, where the network or the other side stands still for a moment. So a thing also waits
 * until the one that is `burst + perSecond` before it was answered a second ago: then no second can hold more at the other end.
 */
export class PublishRate {
  readonly #intervalMs: number
  readonly #burstMs: number
  readonly #window: number
  readonly #clock: RateClock
  /** When the next one is due at an even pace. */
  #due = Number.NEGATIVE_INFINITY
  #turn: Promise<unknown> = Promise.resolve()
  /** The last ones: when each began, and when it was answered. */
  readonly #recent: { readonly began: number; readonly answered: Promise<number> }[] = []

  constructor({ perSecond, burst }: RateOptions, clock: RateClock) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = (burst - 1) * this.#intervalMs
    this.#window = burst + perSecond
    this.#clock = clock
  }

  /** Begins something when it is its turn. Settles as it does. */
  run<Answer>(begin: () => Promise<Answer>): Promise<Answer> {
    // One after the other: timers that are late do not fire in the order of their times.
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
