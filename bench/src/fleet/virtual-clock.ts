import TinyQueue from 'tinyqueue'

/** More slots than any fleet has. A due time and a slot fit one double: 2^53 / 2^22 milliseconds are 24 days. */
const slotLimit = 2 ** 22
const none = -1

/**
 * A virtual clock with one timer for each slot, for millions of slots: a heap of numbers, so that no timer is an object.
 * A timer that is cancelled stays in the heap until it comes up.
 *
 * @example
 * clock.set(7, 100)
 * while (clock.advance(60_000)) for (let slot = clock.take(); slot !== undefined; slot = clock.take()) fire(slot)
 */
export class VirtualClock {
  /** Virtual milliseconds. */
  now = 0
  /** When each slot's timer is due; `none` where none is set. */
  readonly #due: Float64Array
  readonly #heap = new TinyQueue<number>()
  #count = 0

  /** @throws RangeError for more than 4,194,304 slots */
  constructor(slots: number) {
    if (slots > slotLimit) throw new RangeError(`${slots} slots are more than ${slotLimit}`)
    this.#due = new Float64Array(slots).fill(none)
  }

  /** Timers that are set. */
  get count(): number {
    return this.#count
  }

  /** Sets the timer of a slot that has none: to fire so many milliseconds from now, at least one. */
  set(slot: number, delayMs: number): void {
    const due = this.now + Math.max(1, Math.round(delayMs))
    this.#due[slot] = due
    this.#heap.push(due * slotLimit + slot)
    this.#count += 1
  }

  cancel(slot: number): void {
    this.#due[slot] = none
    this.#count -= 1
  }

  /** Moves on to the next millisecond at which a timer is due. False when none is due before `until`. */
  advance(until: number): boolean {
    const next = this.#next()
    if (next === undefined) return false
    this.now = Math.min(until, Math.floor(next / slotLimit))
    return this.now < until
  }

  /** Takes out a timer that is due now, and answers its slot; undefined when there is none left. */
  take(): number | undefined {
    const next = this.#next()
    if (next === undefined || Math.floor(next / slotLimit) !== this.now) return undefined
    const slot = next % slotLimit
    this.#heap.pop()
    this.cancel(slot)
    return slot
  }

  #next(): number | undefined {
    for (;;) {
      const next = this.#heap.peek()
      if (next === undefined || this.#due[next % slotLimit] === Math.floor(next / slotLimit)) return next
      this.#heap.pop()
    }
  }
}
