interface Node<Key, Value> {
  readonly below: Map<string, Node<Key, Value>>
  readonly here: Map<Key, Value>
}

/** Subscribers by topic filter, looked up by topic: one node for each level of the filters. */
export class TopicTree<Key, Value> {
  readonly #root: Node<Key, Value> = emptyNode()

  /** True if it has no subscribers. */
  get isEmpty(): boolean {
    return isBare(this.#root)
  }

  /** Adds a subscriber, or changes its options. */
  set(filter: string, key: Key, value: Value): void {
    let node = this.#root
    for (const level of filter.split('/')) {
      const next = node.below.get(level) ?? emptyNode()
      node.below.set(level, next)
      node = next
    }
    node.here.set(key, value)
  }

  /** Removes a subscriber, and nodes that become empty. */
  delete(filter: string, key: Key): void {
    remove(this.#root, filter.split('/'), 0, key)
  }

  /**
   * All subscriptions to this topic; a subscriber appears once for each of its filters. MQTT's rule with AWS's deviation: `a/#` does not match
   * `a`. Leading wildcards never match `$…` [MQTT-4.7.2-1].
   */
  match(topic: string): readonly (readonly [Key, Value])[] {
    const found: (readonly [Key, Value])[] = []
    collect(this.#root, topic.split('/'), 0, topic.startsWith('$'), found)
    return found
  }
}

function emptyNode<Key, Value>(): Node<Key, Value> {
  return { below: new Map(), here: new Map() }
}

function isBare({ below, here }: Node<unknown, unknown>): boolean {
  return below.size === 0 && here.size === 0
}

function collect<Key, Value>(
  { below, here }: Node<Key, Value>,
  levels: readonly string[],
  depth: number,
  hidden: boolean,
  found: (readonly [Key, Value])[],
): void {
  const level = levels[depth]
  if (level === undefined) {
    found.push(...here)
    return
  }
  const exact = below.get(level)
  if (exact !== undefined) collect(exact, levels, depth + 1, false, found)
  if (hidden) return
  const any = below.get('+')
  if (any !== undefined) collect(any, levels, depth + 1, false, found)
  const rest = below.get('#')
  if (rest !== undefined) found.push(...rest.here)
}

function remove<Key, Value>(from: Node<Key, Value>, levels: readonly string[], depth: number, key: Key): void {
  const level = levels[depth]
  if (level === undefined) {
    from.here.delete(key)
    return
  }
  const next = from.below.get(level)
  if (next === undefined) return
  remove(next, levels, depth + 1, key)
  if (isBare(next)) from.below.delete(level)
}
