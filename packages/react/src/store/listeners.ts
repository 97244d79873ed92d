/** Functions to call after a change. */
export class Listeners {
  readonly #all = new Set<() => void>()

  /** @returns a function that removes it */
  add(listener: () => void): () => void {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  get size(): number {
    return this.#all.size
  }

  notify(): void {
    for (const listener of [...this.#all]) listener()
  }
}
