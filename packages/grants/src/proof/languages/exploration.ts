import type { Automaton } from './automaton.js'
import type { PatternSet, Place } from './pattern-set.js'
import { anyOther } from './token.js'

/** A set of names to search for a counterexample, character by character. */
export interface Question {
  /** The names in question. */
  readonly names: Automaton
  readonly patterns: PatternSet
  readonly start: Place
  /** Names that are never granted, regardless of the grants. */
  readonly reserved: Automaton
  /** Is the name a counterexample? */
  differs(accepted: number, isReserved: boolean): boolean
  /** The place without irrelevant parts; undefined if no counterexample can follow. Finding more of them is worth its time only in a long search. */
  reduce(place: Place, isReserved: boolean, isThorough: boolean): Place | undefined
}

/** The result of a search over all names. */
export type Outcome =
  | { readonly found: undefined; readonly states: number }
  | { readonly found: Found; readonly states: number }
  | { readonly undecided: true; readonly states: number }

export interface Found {
  readonly name: string
  /** Bits of the languages that the name is in. */
  readonly accepted: number
  readonly isReserved: boolean
}

/** Most searches end before this number of states; later states are reduced thoroughly. */
const statesBeforeThoroughness = 1_000

interface State {
  readonly place: Place
  readonly name: number
  readonly reservedState: number
  readonly before: State | undefined
  readonly character: number
}

/**
 * Searches all strings breadth first and stops at the first counterexample, which is a shortest one. Strings with the same possible
 * continuations share one state, so the search ends although the set of strings is infinite.
 */
export function explore(question: Question, limit: number): Outcome {
  const { names, reserved, patterns } = question
  const known = new Set<string>()
  const queue: State[] = []
  const add = (next: State): void => {
    const isThorough = queue.length > statesBeforeThoroughness
    const place = question.reduce(next.place, reserved.accepts(next.reservedState), isThorough)
    if (!place) return
    const key = `${String.fromCharCode(next.name, next.reservedState)}${place.always},${keyOf(place.nodes)}`
    if (known.has(key)) return
    known.add(key)
    queue.push({ ...next, place })
  }
  add({
    place: question.start,
    name: names.start,
    reservedState: reserved.start,
    before: undefined,
    character: anyOther,
  })
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as State
    const accepted = patterns.accepted(state.place)
    const isReserved = reserved.accepts(state.reservedState)
    if (names.accepts(state.name) && question.differs(accepted, isReserved)) {
      return { found: { name: textOf(state), accepted, isReserved }, states: queue.length }
    }
    if (queue.length > limit) return { undecided: true, states: queue.length }
    const characters = new Set([...names.tellsApart(state.name), ...reserved.tellsApart(state.reservedState)])
    patterns.tellsApart(state.place, characters)
    for (const character of [representative(characters), ...characters]) {
      const isOther = !characters.has(character)
      const name = names.step(state.name, isOther ? anyOther : character)
      const reservedState = reserved.step(state.reservedState, isOther ? anyOther : character)
      if (name === undefined || reservedState === undefined) continue
      const place = patterns.advance(state.place, isOther ? anyOther : character)
      add({ place, name, reservedState, before: state, character })
    }
  }
  return { found: undefined, states: queue.length }
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789', (letter) => letter.charCodeAt(0))
const firstIdeograph = 0x4e00

/** One character for all that are not distinguished; a readable one if possible. */
function representative(characters: ReadonlySet<number>): number {
  const letter = letters.find((each) => !characters.has(each))
  if (letter !== undefined) return letter
  let ideograph = firstIdeograph
  while (characters.has(ideograph)) ideograph++
  return ideograph
}

function keyOf(nodes: readonly number[]): string {
  const last = nodes.at(-1) ?? 0
  return last > 0xffff ? nodes.join() : String.fromCharCode(...nodes)
}

function textOf(state: State): string {
  const characters: number[] = []
  for (let at: State | undefined = state; at?.before; at = at.before) characters.push(at.character)
  return String.fromCodePoint(...characters.reverse())
}
