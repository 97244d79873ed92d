import type { Token } from './token.js'

/** The end of a pattern: nothing remains. */
export const nothing = 0

/**
 * Numbers the remainders of patterns after a prefix. Remainders with the same number accept the same strings, and a remainder that occurs in
 * many patterns is stored once.
 */
export class Remainders {
  readonly #numbers = new Map<string, number>()
  /** The characters after the last wildcard of each remainder; every accepted string ends with them. */
  readonly #endings = ['']
  readonly #isLiteral = [true]

  /** The remainder that begins with this token. */
  begin(token: Token, rest: number): number {
    const key = `${rest},${typeof token === 'number' ? token : `${token.run ? '*' : '?'}${[...token.except].sort()}`}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const isLiteral = typeof token === 'number' && this.#isLiteral[rest] === true
    const ending = this.#endings[rest] as string
    this.#endings.push(isLiteral ? String.fromCodePoint(token) + ending : ending)
    const number = this.#isLiteral.push(isLiteral) - 1
    this.#numbers.set(key, number)
    return number
  }

  get count(): number {
    return this.#endings.length
  }

  /** False if no string is accepted by the first and by one of the others, because their last characters differ. */
  canMeetOne(one: number, others: ReadonlySet<number>): boolean {
    const a = this.#endings[one] as string
    for (const other of others) {
      const b = this.#endings[other] as string
      if (a.endsWith(b) || b.endsWith(a)) return true
    }
    return false
  }
}
