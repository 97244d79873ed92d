/** Which names are taken, by type: of resources that are nothing but a name here. */
export class Names {
  readonly #taken = new Set<string>()

  /** False when something has it already. */
  take(type: string, name: string): boolean {
    const key = `${type} ${name}`
    if (this.#taken.has(key)) return false
    this.#taken.add(key)
    return true
  }

  free(type: string, name: string): void {
    this.#taken.delete(`${type} ${name}`)
  }

  /** All of them, for writing down. */
  list(): string[] {
    return [...this.#taken]
  }

  restore(names: readonly string[]): void {
    for (const name of names) this.#taken.add(name)
  }
}
