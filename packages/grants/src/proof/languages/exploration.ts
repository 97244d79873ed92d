import type { Automaton } from './automaton.js'
import type { PatternSet, Place } from './pattern-set.js'
import { anyOther } from './token.js'

/** A set of names as a walk meets it: text by text, with what may still come of it. */
export interface Question {
  /** The names in question. */
  readonly names: Automaton
  readonly patterns: PatternSet
  readonly start: Place
  /** Names that the grants do not reach, whatever they say. */
  readonly nobodys: Automaton
  /** Is the name a counterexample? */
  differs(accepted: number, isNobodys: boolean): boolean
  /** The place without what makes no difference any more; undefined when no counterexample can follow. */
  reduce(place: Place, isNobodys: boolean): Place | undefined
}

/** What a walk over all names has found. */
export type Outcome =
  | { readonly found: undefined; readonly states: number }
  | { readonly found: Found; readonly states: number }
  | { readonly undecided: true; readonly states: number }

export interface Found {
  readonly name: string
  /** Bits of the languages that the name is in. */
  readonly accepted: number
  readonly isNobodys: boolean
}

interface State {
  readonly place: Place
  readonly name: number
  readonly nobody: number
  readonly before: State | undefined
  readonly character: number
}

/**
 * Walks all texts, breadth first, and stops at the first counterexample, which is a shortest one. Texts after which everything goes on alike are
 * one state, so the walk ends although the texts do not.
 */
export function explore(question: Question, limit: number): Outcome {
  const { names, nobodys, patterns } = question
  const known = new Set<string>()
  const queue: State[] = []
  const add = (next: State): void => {
    const place = question.reduce(next.place, nobodys.accepts(next.nobody))
    if (!place) return
    const key = `${String.fromCharCode(next.name, next.nobody)}${place.always},${keyOf(place.nodes)}`
    if (known.has(key)) return
    known.add(key)
    queue.push({ ...next, place })
  }
  add({ place: question.start, name: names.start, nobody: nobodys.start, before: undefined, character: anyOther })
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as State
    const accepted = patterns.accepted(state.place)
    const isNobodys = nobodys.accepts(state.nobody)
    if (names.accepts(state.name) && question.differs(accepted, isNobodys)) {
      return { found: { name: textOf(state), accepted, isNobodys }, states: queue.length }
    }
    if (queue.length > limit) return { undecided: true, states: queue.length }
    const characters = new Set([...names.tellsApart(state.name), ...nobodys.tellsApart(state.nobody)])
    patterns.tellsApart(state.place, characters)
    for (const character of [representative(characters), ...characters]) {
      const isOther = !characters.has(character)
      const name = names.step(state.name, isOther ? anyOther : character)
      const nobody = nobodys.step(state.nobody, isOther ? anyOther : character)
      if (name === undefined || nobody === undefined) continue
      const place = patterns.advance(state.place, isOther ? anyOther : character)
      add({ place, name, nobody, before: state, character })
    }
  }
  return { found: undefined, states: queue.length }
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789', (letter) => letter.charCodeAt(0))
const firstIdeograph = 0x4e00

/** A character for all those that are not told apart, readable where there is one. */
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
