/** A fault: everything that clients send is read later by so many milliseconds, in the order in which it came. */
export class Latency {
  #milliseconds = 0
  readonly #due = new WeakMap<object, number>()
  readonly #waiting = new WeakMap<object, (() => void)[]>()
  readonly #timers = new Set<NodeJS.Timeout>()

  set(milliseconds: number): void {
    if (!Number.isFinite(milliseconds) || milliseconds < 0) {
      throw new RangeError(`A delay is a number of milliseconds from 0 up, not ${milliseconds}.`)
    }
    this.#milliseconds = milliseconds
  }

  /** Runs `action` now or later, never before an earlier one of the same `source`. */
  pass(source: object, action: () => void): void {
    if (this.#milliseconds === 0 && this.#timers.size === 0) {
      action()
      return
    }
    const now = performance.now()
    const due = Math.max(now + this.#milliseconds, this.#due.get(source) ?? 0)
    const waiting = this.#waiting.get(source) ?? []
    if (due <= now && waiting.length === 0) {
      action()
      return
    }
    this.#due.set(source, due)
    // Each timer runs whichever is first: timers may be late, and then out of order.
    this.#waiting.set(source, waiting)
    waiting.push(action)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      waiting.shift()?.()
    }, due - now)
    this.#timers.add(timer)
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
