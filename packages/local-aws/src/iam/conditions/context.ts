import type { TypeWildcards } from '../policy/type-wildcards.js'

/**
 * Properties of a request besides action and resource: `{ 'aws:SourceIp': '127.0.0.1', 'aws:TagKeys': ['a', 'b'] }`.
 * Keys are case-insensitive. A list marks a multi-valued key; times are ISO 8601 or seconds since the epoch.
 */
export type ConditionContext = Readonly<Record<string, ConditionValue | undefined>>

export type ConditionValue = string | number | boolean | readonly string[]

/** Keys whose value changes continuously. */
const timeKeys = new Set(['aws:currenttime', 'aws:epochtime'])

/** A prepared context: lower-case keys, each with its list of values. */
export class ContextLookup {
  /** How patterns are read for this request. */
  readonly typeWildcards: TypeWildcards
  readonly #contexts: () => readonly (ConditionContext | undefined)[]
  readonly #single = new Map<string, string>()
  #values: Map<string, readonly string[]> | undefined
  #dependsOnTime = false

  /**
   * @param contexts evaluated at the first lookup, because most statements never need one. If two contexts have the same key, the later one
   *   wins.
   */
  constructor(contexts: () => readonly (ConditionContext | undefined)[], typeWildcards: TypeWildcards = 'match') {
    this.#contexts = contexts
    this.typeWildcards = typeWildcards
  }

  /** Undefined if the key is absent. As in IAM, an empty list counts as absent. */
  values(key: string): readonly string[] | undefined {
    const values = this.#read().get(this.#name(key))
    return values?.length === 0 ? undefined : values
  }

  /** For policy variables, which only support single-valued keys. */
  readonly variable = (key: string): string | undefined => {
    this.#read()
    return this.#single.get(this.#name(key))
  }

  /** Whether the time was used, so that the result may change later. */
  get dependsOnTime(): boolean {
    return this.#dependsOnTime
  }

  #name(key: string): string {
    const name = key.toLowerCase()
    if (timeKeys.has(name)) this.#dependsOnTime = true
    return name
  }

  #read(): Map<string, readonly string[]> {
    if (this.#values) return this.#values
    const values = new Map<string, readonly string[]>()
    this.#values = values
    for (const context of this.#contexts()) {
      for (const [name, value] of Object.entries(context ?? {})) {
        if (value === undefined) continue
        const key = name.toLowerCase()
        if (typeof value === 'object') {
          this.#single.delete(key)
        } else {
          this.#single.set(key, String(value))
        }
        values.set(key, typeof value === 'object' ? value : [String(value)])
      }
    }
    return values
  }
}
