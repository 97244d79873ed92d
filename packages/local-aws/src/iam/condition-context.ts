/**
 * What is known about a request besides action and resource: `{ 'aws:SourceIp': '127.0.0.1', 'aws:TagKeys': ['a', 'b'] }`.
 * Keys in any case. A list marks a multi-valued key; times are ISO 8601 or seconds since the epoch.
 */
export type ConditionContext = Readonly<Record<string, ConditionValue | undefined>>

export type ConditionValue = string | number | boolean | readonly string[]

/** A context made ready for looking up: keys in lower case, each with its list of values. */
export class ContextLookup {
  readonly #values = new Map<string, readonly string[]>()
  readonly #single = new Map<string, string>()

  /** Where two contexts name one key, the later one counts. */
  constructor(...contexts: readonly (ConditionContext | undefined)[]) {
    for (const context of contexts) {
      for (const [name, value] of Object.entries(context ?? {})) {
        if (value !== undefined) this.#set(name.toLowerCase(), value)
      }
    }
  }

  #set(key: string, value: ConditionValue): void {
    if (typeof value === 'object') {
      this.#single.delete(key)
      this.#values.set(key, value)
    } else {
      this.#single.set(key, String(value))
      this.#values.set(key, [String(value)])
    }
  }

  /** Undefined when the key is absent; a list without values counts as absent, as IAM has it. */
  values(key: string): readonly string[] | undefined {
    const values = this.#values.get(key.toLowerCase())
    return values?.length === 0 ? undefined : values
  }

  /** For policy variables, which take single-valued keys only. */
  readonly variable = (key: string): string | undefined => this.#single.get(key.toLowerCase())
}
