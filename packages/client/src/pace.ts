import { setTimeout } from 'node:timers/promises'

/**
 * Lets so many through in a second, and makes the others wait their turn: AWS IoT discards what is above 100 publishes a
 * second on one connection, without a word over MQTT 3.1.1. A second's worth may go at once.
 */
export class Pace {
  readonly #perSecond: number
  readonly #now: () => number
  /** When the last one that was let through would have been due at an even pace. */
  #due = 0

  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Milliseconds until this one may go; 0 for at once. Counts it. */
  next(): number {
    const now = this.#now()
    this.#due = Math.max(this.#due, now - 1_000) + 1_000 / this.#perSecond
    return Math.max(0, this.#due - now)
  }

  async turn(): Promise<void> {
    const wait = this.next()
    if (wait > 0) await setTimeout(wait)
  }
}
