/** Names in use, by type, of resources that are only a name in the stand-in. */
export class Names {
  readonly #taken = new Set<string>()

  /** False if another resource has it. */
  take(type: string, name: string): boolean {
    const key = `${type} ${name}`
    if (this.#taken.has(key)) return false
    this.#taken.add(key)
    return true
  }

  free(type: string, name: string): void {
    this.#taken.delete(`${type} ${name}`)
  }

  /** All names, to be saved. */
  list(): string[] {
    return [...this.#taken]
  }

  restore(names: readonly string[]): void {
    for (const name of names) this.#taken.add(name)
  }
}
