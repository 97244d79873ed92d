/** Number of remembered messages: more than a minute and a half at AWS IoT's limit of 100 per second per connection. */
const remembered = 10_000

/**
 * Detects repeated messages.
 *
 * QoS 1 means "at least once": a message whose acknowledgement was lost is sent again, possibly with another packet identifier, and the SDK
 * does not report that. So `publish` adds a unique ID to each QoS 1 message (a user property, MQTT 5 only), and the receiver drops messages
 * with a known ID. Messages of other publishers have no ID and always pass.
 */
export class DuplicateFilter {
  readonly #seen = new Set<string>()

  /** True for a message that has arrived before. IDs are scoped to their topic, so a publisher cannot suppress messages of other topics. */
  isDuplicate({ topic, id }: { readonly topic: string; readonly id?: string }): boolean {
    if (id === undefined) return false
    const key = `${topic}\0${id}`
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.values().next().value as string)
    return false
  }
}
