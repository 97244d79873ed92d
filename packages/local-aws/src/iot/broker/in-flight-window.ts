/** Packet identifiers have 16 bits, and 0 is none [MQTT-2.2.1-3]. */
const lastIdentifier = 65_535

/** What was sent with QoS 1 on one connection and is not acknowledged, by packet identifier, in the order of sending. */
export class InFlightWindow<Item> {
  readonly #items = new Map<number, Item>()
  #lastId = 0

  get size(): number {
    return this.#items.size
  }

  /** An identifier that nothing in flight has [MQTT-2.2.1-4]. */
  nextId(): number {
    do this.#lastId = this.#lastId >= lastIdentifier ? 1 : this.#lastId + 1
    while (this.#items.has(this.#lastId))
    return this.#lastId
  }

  add(packetId: number, item: Item): void {
    this.#items.set(packetId, item)
  }

  /** What a PUBACK is for; undefined when nothing of that identifier is in flight. */
  acknowledge(packetId: number): Item | undefined {
    const item = this.#items.get(packetId)
    this.#items.delete(packetId)
    return item
  }

  /** Empties it: all that was not acknowledged, the first sent first. */
  drain(): Item[] {
    const items = [...this.#items.values()]
    this.#items.clear()
    return items
  }
}
