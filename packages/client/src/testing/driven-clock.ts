/** A timer of the driven clock. */
interface Timer {
  readonly at: number
  readonly order: number
  readonly call: () => void
}

/** Replaces setTimeout, clearTimeout, performance.now and Date.now: time only advances when no other work is pending. */
export class DrivenClock implements Disposable {
  now = 0
  #order = 0
  readonly #timers = new Map<number, Timer>()
  readonly #restore: () => void
  readonly #turn: () => Promise<void>

  constructor() {
    const { setTimeout, clearTimeout, performance, setImmediate } = globalThis
    const dateNow = Date.now
    this.#turn = () => new Promise((resolve) => setImmediate(resolve))
    this.#restore = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout })
      Object.defineProperty(globalThis, 'performance', { value: performance, configurable: true, writable: true })
      Date.now = dateNow
    }
    Object.assign(globalThis, {
      setTimeout: (call: () => void, ms = 0) => this.#set(call, ms),
      clearTimeout: (id: unknown) => this.#timers.delete(Number(id)),
    })
    const value = { now: () => this.now }
    Object.defineProperty(globalThis, 'performance', { value, configurable: true, writable: true })
    Date.now = () => this.now
  }

  /** Runs all pending work, then advances to the next timer, until this time or until `enough` returns true. */
  async runUntil(time: number, enough: () => boolean = () => false): Promise<void> {
    for (;;) {
      await this.#turn()
      if (enough()) return
      const next = this.#next()
      if (next === undefined || next[1].at > time) break
      this.#timers.delete(next[0])
      this.now = Math.max(this.now, next[1].at)
      next[1].call()
    }
    this.now = Math.max(this.now, time)
  }

  [Symbol.dispose](): void {
    this.#restore()
  }

  #set(call: () => void, ms: number): number {
    this.#order += 1
    this.#timers.set(this.#order, { at: this.now + Math.max(0, ms), order: this.#order, call })
    return this.#order
  }

  #next(): [number, Timer] | undefined {
    let first: [number, Timer] | undefined
    for (const entry of this.#timers) {
      if (first === undefined || entry[1].at < first[1].at) first = entry
    }
    return first
  }
}
