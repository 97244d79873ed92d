/** A fault: everything that clients send is read later by so many milliseconds, in the order in which it came. */
export class Latency {
  #milliseconds = 0
  readonly #due = new WeakMap<object, number>()
  readonly #timers = new Set<NodeJS.Timeout>()

  set(milliseconds: number): void {
    if (!Number.isFinite(milliseconds) || milliseconds < 0)
      throw new RangeError(`A delay is a number of milliseconds from 0 up, not ${milliseconds}.`)
    this.#milliseconds = milliseconds
  }

  /** Runs `action` now or later, never before an earlier one of the same `source`. */
  pass(source: object, action: () => void): void {
    const now = performance.now()
    const due = Math.max(now + this.#milliseconds, this.#due.get(source) ?? 0)
    if (due <= now) {
      action()
      return
    }
    this.#due.set(source, due)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, due - now)
    this.#timers.add(timer)
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
