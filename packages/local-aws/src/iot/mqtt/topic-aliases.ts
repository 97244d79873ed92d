/** The topic aliases of one connection [MQTT-3.3.2-7 to 12]. */
export class TopicAliases {
  readonly #topics = new Map<number, string>()

  /** The topic of a PUBLISH with an alias, which is registered if the PUBLISH has a topic; undefined if invalid or unknown. */
  resolve(alias: number, topic: string, maximum: number): string | undefined {
    if (alias < 1 || alias > maximum) return undefined
    if (topic !== '') this.#topics.set(alias, topic)
    return this.#topics.get(alias)
  }
}
