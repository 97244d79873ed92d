/** Who wants to hear of a change. */
export class Listeners {
  readonly #all = new Set<() => void>()

  /** @returns takes it back */
  add(listener: () => void): () => void {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  get size(): number {
    return this.#all.size
  }

  tell(): void {
    for (const listener of [...this.#all]) listener()
  }
}
