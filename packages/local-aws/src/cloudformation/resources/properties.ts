import { isRecord } from '@topic-credentials/project'
/** The resolved properties of a resource, with errors that name the property. */
export class Properties {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(values: Readonly<Record<string, unknown>>, path = '') {
    this.#values = values
    this.#path = path
  }

  all(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** The unchanged value; undefined if absent. */
  raw(name: string): unknown {
    return this.#values[name]
  }

  /** A string; CloudFormation also accepts numbers and booleans. */
  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name)
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (['string', 'number', 'boolean'].includes(typeof value)) return String(value)
    throw this.#wrong(name, 'a string')
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    throw this.#wrong(name, 'a number')
  }

  flag(name: string): boolean {
    const value = this.#values[name]
    if (value === undefined || value === false || value === 'false') return false
    if (value === true || value === 'true') return true
    throw this.#wrong(name, 'true or false')
  }

  texts(name: string): string[] {
    const value = this.#values[name] ?? []
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value as string[]
    throw this.#wrong(name, 'a list of strings')
  }

  /** A nested object; undefined if absent. */
  nested(name: string): Properties | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (isRecord(value)) return new Properties(value, `${this.#path}${name}.`)
    throw this.#wrong(name, 'an object')
  }

  /** A list of nested objects; empty if absent. */
  list(name: string): Properties[] {
    const value = this.#values[name] ?? []
    if (!Array.isArray(value) || !value.every(isRecord)) throw this.#wrong(name, 'a list of objects')
    return value.map((one, index) => new Properties(one, `${this.#path}${name}[${index}].`))
  }

  /** Strings by name, such as environment variables; empty if absent. */
  map(name: string): Record<string, string> {
    const nested = this.nested(name)
    const names = Object.keys(this.#values[name] ?? {})
    return Object.fromEntries(names.map((key) => [key, nested?.text(key) ?? '']))
  }

  /** Throws for a property that is neither supported nor known to be irrelevant here. */
  only(...names: readonly string[]): this {
    const unknown = Object.keys(this.#values).find((name) => !names.includes(name))
    if (unknown !== undefined) throw new Error(`the stand-in does not model the property ${this.#path}${unknown}`)
    return this
  }

  #missing(name: string): never {
    throw new Error(`the property ${this.#path}${name} is missing`)
  }

  #wrong(name: string, wanted: string): Error {
    return new Error(`the property ${this.#path}${name} must be ${wanted}`)
  }
}
