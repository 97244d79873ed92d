/** A deterministic automaton over code points. Its states are small integers, created on demand. */
export interface Automaton {
  readonly start: number
  /** The next state; undefined if no accepted string continues like this. */
  step(state: number, character: number): number | undefined
  accepts(state: number): boolean
  /** The characters that lead to distinct states; all others lead to the same state. */
  tellsApart(state: number): readonly number[]
}

/** The input of {@link automaton}. States are plain data; two states are equal if their JSON is equal. */
export interface Description<S> {
  readonly start: S
  step(state: S, character: string): S | undefined
  accepts(state: S): boolean
  tellsApart(state: S): readonly number[]
}

/** Passed to {@link Description.step} instead of a character that is not distinguished. */
const otherText = ''

/** Numbers the states of a description, and caches its results. */
export function automaton<S>(description: Description<S>): Automaton {
  const states: S[] = []
  const numbers = new Map<string, number>()
  const steps: Map<number, number | undefined>[] = []
  const apart: (readonly number[])[] = []
  const numberOf = (state: S): number => {
    const key = JSON.stringify(state)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, states.length)
    steps.push(new Map())
    return states.push(state) - 1
  }
  const stateOf = (state: number) => states[state] as S
  return {
    start: numberOf(description.start),
    accepts: (state) => description.accepts(stateOf(state)),
    tellsApart(state) {
      apart[state] ??= description.tellsApart(stateOf(state))
      return apart[state]
    },
    step(state, character) {
      const known = steps[state] as Map<number, number | undefined>
      if (known.has(character)) return known.get(character)
      const text = character < 0 ? otherText : String.fromCodePoint(character)
      const next = description.step(stateOf(state), text)
      const number = next === undefined ? undefined : numberOf(next)
      known.set(character, number)
      return number
    },
  }
}
