/** Packet identifiers have 16 bits and are never 0 [MQTT-2.2.1-3]. */
const lastIdentifier = 65_535

/** Unacknowledged QoS 1 messages of one connection, by packet identifier, in sending order. */
export class InFlightWindow<Item> {
  readonly #items = new Map<number, Item>()
  #lastId = 0

  get size(): number {
    return this.#items.size
  }

  /** An unused identifier [MQTT-2.2.1-4]. */
  nextId(): number {
    do this.#lastId = this.#lastId >= lastIdentifier ? 1 : this.#lastId + 1
    while (this.#items.has(this.#lastId))
    return this.#lastId
  }

  add(packetId: number, item: Item): void {
    this.#items.set(packetId, item)
  }

  /** The message of a PUBACK; undefined if its identifier is not in flight. */
  acknowledge(packetId: number): Item | undefined {
    const item = this.#items.get(packetId)
    this.#items.delete(packetId)
    return item
  }

  /** Removes and returns all unacknowledged messages, in sending order. */
  drain(): Item[] {
    const items = [...this.#items.values()]
    this.#items.clear()
    return items
  }
}
