import type { Pattern, PatternSet, Place } from './pattern-set.js'
import type { Token } from './token.js'

/** The role of a set of patterns. The number is its bit. */
export type Category = 'granted' | 'roleAllows' | 'sessionAllows' | 'denies'

const bits: Readonly<Record<Category, number>> = { granted: 1, roleAllows: 2, sessionAllows: 4, denies: 8 }
const firstOfNot = 4
/** Nothing more can be allowed; the patterns of the policies have been removed. */
const closed = 1 << 30

/** A statement with NotResource: it applies to the complement of its language. */
interface Negated {
  readonly bit: number
  readonly category: Category
}

interface Reduction {
  readonly grantsMatter: boolean
  /** Whether to remove nodes that cannot change the set of allowed names. */
  readonly isThorough: boolean
}

/**
 * Combines patterns to the sets "granted" and "allowed". IAM allows a request that the role's policy and the session policy both allow
 * and neither denies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class Languages {
  readonly patterns: Pattern[] = []
  readonly #negated: Negated[] = []

  add(category: Category, patterns: readonly (readonly Token[])[], not = false): void {
    const language = not ? firstOfNot + this.#negated.length : Math.log2(bits[category])
    if (language >= 30) throw new RangeError('A proof supports at most 26 statements with NotResource.')
    if (not) this.#negated.push({ bit: 1 << language, category })
    for (const tokens of patterns) this.patterns.push({ language, tokens })
  }

  isGranted(accepted: number): boolean {
    return (accepted & bits.granted) !== 0
  }

  isAllowed(accepted: number): boolean {
    if (accepted & closed) return false
    return this.#has('roleAllows', accepted) && this.#has('sessionAllows', accepted) && !this.#has('denies', accepted)
  }

  /** The place without irrelevant parts; undefined if nothing that follows is granted or allowed. */
  reduce(patterns: PatternSet, place: Place, { grantsMatter, isThorough }: Reduction): Place | undefined {
    const relevant = grantsMatter ? place : patterns.without(place, bits.granted)
    const kept = isThorough ? this.#withoutIdle(patterns, relevant) : relevant
    const alive = patterns.alive(kept)
    const isGrantable = (alive & bits.granted) !== 0
    const isClosed =
      (kept.always & closed) !== 0 ||
      !this.#mayHave('roleAllows', alive, kept.always) ||
      !this.#mayHave('sessionAllows', alive, kept.always) ||
      this.#hasForGood('denies', alive, kept.always)
    if (!isClosed) return kept
    if (!isGrantable) return undefined
    const grantedOnly = patterns.without(kept, ~bits.granted)
    return { ...grantedOnly, always: grantedOnly.always | closed }
  }

  #withoutIdle(patterns: PatternSet, place: Place): Place {
    const allowsAnything =
      (place.always & (bits.sessionAllows | closed)) !== 0 || this.#negatedOf('sessionAllows').length > 0
    return allowsAnything ? place : patterns.withoutIdle(place, bits.sessionAllows, bits.denies)
  }

  #has(category: Category, accepted: number): boolean {
    return (accepted & bits[category]) !== 0 || this.#negatedOf(category).some(({ bit }) => !(accepted & bit))
  }

  /** Can a continuation of the string read so far be in this set? */
  #mayHave(category: Category, alive: number, always: number): boolean {
    return (alive & bits[category]) !== 0 || this.#negatedOf(category).some(({ bit }) => !(always & bit))
  }

  /** Is every continuation of the string read so far in this set? */
  #hasForGood(category: Category, alive: number, always: number): boolean {
    return (always & bits[category]) !== 0 || this.#negatedOf(category).some(({ bit }) => !(alive & bit))
  }

  #negatedOf(category: Category): readonly Negated[] {
    return this.#negated.filter((negated) => negated.category === category)
  }
}
