/** Messages that are remembered: at AWS IoT's 100 a second for one connection, more than a minute and a half. */
const remembered = 10_000

/**
 * Notices messages that came before.
 *
 * QoS 1 means "at least once": a message whose acknowledgement was lost comes again, with another packet identifier perhaps,
 * and the SDK does not tell. So `publish` gives each message of QoS 1 an ID of its own (a user property, which only MQTT 5
 * has), and the receiving side leaves out what it has had. Messages of other publishers have none, and pass.
 */
export class DuplicateFilter {
  readonly #seen = new Set<string>()

  /** True when this is a message that came before. IDs count within their topic: nobody can hide another topic's. */
  isDuplicate({ topic, id }: { readonly topic: string; readonly id?: string }): boolean {
    if (id === undefined) return false
    const key = `${topic}\0${id}`
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.values().next().value as string)
    return false
  }
}
