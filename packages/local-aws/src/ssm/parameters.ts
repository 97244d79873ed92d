/** Parameters of Systems Manager: strings by name. */
export class Parameters {
  readonly #parameters = new Map<string, Parameter>()

  find(name: string): Parameter | undefined {
    return this.#parameters.get(name)
  }

  put(name: string, value: string, now: number): Parameter {
    const version = (this.#parameters.get(name)?.version ?? 0) + 1
    const parameter = { name, value, version, at: now }
    this.#parameters.set(name, parameter)
    return parameter
  }
}

export interface Parameter {
  readonly name: string
  readonly value: string
  /** Starts at 1. */
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly at: number
}
