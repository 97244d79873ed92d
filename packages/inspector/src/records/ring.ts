/** The last items, by keys that are never reused. */
export class Ring<Key, Item> {
  readonly #size: number
  readonly #items = new Map<Key, Item>()

  constructor(size: number) {
    this.#size = size
  }

  add(key: Key, item: Item): void {
    this.#items.set(key, item)
    if (this.#items.size <= this.#size) return
    const [oldest] = this.#items.keys()
    if (oldest !== undefined) this.#items.delete(oldest)
  }

  get(key: Key): Item | undefined {
    return this.#items.get(key)
  }

  /** Oldest first. */
  list(): Item[] {
    return [...this.#items.values()]
  }
}
