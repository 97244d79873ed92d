/** The last so many of something, each with a number that is never given twice. */
export class Ring<Item> {
  readonly #size: number
  readonly #items = new Map<number, Item>()

  constructor(size: number) {
    this.#size = size
  }

  /** @param id higher than any before */
  add(id: number, item: Item): void {
    this.#items.set(id, item)
    if (this.#items.size <= this.#size) return
    const [oldest] = this.#items.keys()
    if (oldest !== undefined) this.#items.delete(oldest)
  }

  get(id: number): Item | undefined {
    return this.#items.get(id)
  }

  /** Oldest first. */
  list(): Item[] {
    return [...this.#items.values()]
  }
}
