interface Entry<Args extends readonly unknown[]> {
  readonly listener: (...args: Args) => void
  readonly once: boolean
}

/** Events by name: `on`, `once` and `off` as in Node's EventEmitter, without Node's modules. */
export class Emitter<Events extends Record<keyof Events, readonly unknown[]>> {
  #listeners: { [Name in keyof Events]?: readonly Entry<Events[Name]>[] } = {}

  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    return this.#add(name, listener, false)
  }

  once<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    return this.#add(name, listener, true)
  }

  off<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): this {
    const entries = this.#listeners[name] ?? []
    const index = entries.findLastIndex((entry) => entry.listener === listener)
    if (index >= 0) this.#listeners[name] = entries.toSpliced(index, 1)
    return this
  }

  /**
   * Calls the listeners in the order in which they were added. An exception in one is reported as uncaught and does not stop the others.
   *
   * @returns whether there was a listener
   */
  protected emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): boolean {
    const entries = this.#listeners[name] ?? []
    for (const { listener, once } of entries) {
      if (once) this.off(name, listener)
      try {
        listener(...args)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
    return entries.length > 0
  }

  protected removeAllListeners(): void {
    this.#listeners = {}
  }

  #add<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void, once: boolean): this {
    this.#listeners[name] = [...(this.#listeners[name] ?? []), { listener, once }]
    return this
  }
}
