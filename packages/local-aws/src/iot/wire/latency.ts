/** A fault: delays everything that clients send by this many milliseconds, in order of arrival. */
export class Latency {
  #milliseconds = 0
  readonly #due = new WeakMap<object, number>()
  readonly #waiting = new WeakMap<object, (() => void)[]>()
  readonly #timers = new Set<NodeJS.Timeout>()

  set(milliseconds: number): void {
    if (!Number.isFinite(milliseconds) || milliseconds < 0) {
      throw new RangeError(`The delay must be a non-negative number of milliseconds, not ${milliseconds}.`)
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
    // Each timer runs the oldest action, because late timers can fire out of order.
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
