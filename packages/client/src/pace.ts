import { setTimeout } from 'node:timers/promises'

/** How often something may happen. */
export interface PaceOptions {
  readonly perSecond: number
  /** So many may happen at once, after a pause. In any second no more than `burst + perSecond` happen. */
  readonly burst: number
}

/** Publishes at AWS IoT's pace: it discards what is above 100 a second on one connection, without a word. */
export const PUBLISH_PACE: PaceOptions = { perSecond: 80, burst: 15 }

/** Lets things happen at a steady pace: each is told how long to wait for its turn. */
export class Pace {
  readonly #intervalMs: number
  readonly #burstMs: number
  readonly #now: () => number
  /** When the next one is due at an even pace. */
  #due = 0

  constructor({ perSecond, burst }: PaceOptions, now: () => number = () => performance.now()) {
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = (burst - 1) * this.#intervalMs
    this.#now = now
  }

  /** Milliseconds until this one may happen; 0 for at once. Counts it. */
  next(): number {
    const now = this.#now()
    const due = Math.max(this.#due, now - this.#burstMs)
    this.#due = due + this.#intervalMs
    return Math.max(0, due - now)
  }

  async turn(): Promise<void> {
    const wait = this.next()
    if (wait > 0) await setTimeout(wait)
  }
}
