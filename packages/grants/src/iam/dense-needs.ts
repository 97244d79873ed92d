import { allowanceOf, deeper } from './allowance.js'
import type { Need } from './denials.js'
import { type DenyPattern, firstCut, keyOf } from './deny-pattern.js'
import { type Glob, wildcard } from './glob.js'
import type { Action, Right } from './rights.js'

/** A filter that is both a topic pattern and a topic filter, and so can stand once as a name of any type. */
export interface Double {
  readonly filter: string
  readonly allow: Glob
  /** What is allowed on it, iot:Subscribe included. */
  readonly actions: readonly Action[]
  /** What must be denied because `*` + `/a/b` lets in more than `a/b`. */
  readonly needs: readonly Need[]
}

/** The filters that can be said this way without cutting into a grant. */
export function doublesOf(rights: readonly Right[]): readonly Double[] {
  const subscribed = rights.flatMap((right) => (right.type === 'topicfilter' ? right.rules : []))
  const candidates = subscribed.filter(({ filter }) => !/^([+#]|\$share\/)|#$/u.test(filter))
  const prefixes = sharedPrefixes(candidates.map(({ filter }) => literalStart(filter)))
  const harmless = harmlessIn(rights)
  return candidates.flatMap(({ filter, allow }) => {
    const actions = rights
      .filter((right) => right.rules.some((rule) => rule.filter === filter))
      .map(({ action }) => action)
    if (actions.length < 2) return []
    const needs = excessesOf(filter, allow, prefixes).map((alternatives): Need => {
      return { actions, alternatives: alternatives.filter((patterns) => patterns.every(harmless)) }
    })
    return needs.every(({ alternatives }) => alternatives.length > 0) ? [{ filter, allow, actions, needs }] : []
  })
}

/** Names that an ARN of any type lets in besides the filter's own: `x/a/b`, and what a `+` takes across slashes. */
function excessesOf(filter: string, allow: Glob, prefixes: readonly string[]): readonly (readonly DenyPattern[])[][] {
  const levels = filter.split('/')
  const start = literalStart(filter)
  const within = prefixes.filter((prefix) => start.startsWith(prefix)).map((prefix) => prefix + wildcard)
  const firstLevel = levels.length > 1 ? [`${levels[0]}/${wildcard}`] : []
  const below = [allow, ...firstLevel, ...within].map((glob) => [any(`${wildcard}/${glob}`)])
  const crossing = allowanceOf(filter, 'topic')?.excesses ?? []
  const openEnded = (allowanceOf(filter, 'topicfilter')?.excesses ?? []).slice(crossing.length)
  return [
    [...below, [any(deeper([], levels.length))]],
    ...crossing.map(({ alternatives }) => alternatives.map((globs) => globs.map(any))),
    ...openEnded.map(({ alternatives }) =>
      alternatives.map((globs) => globs.map((glob): DenyPattern => ({ type: 'topicfilter', glob }))),
    ),
  ]
}

function any(glob: Glob): DenyPattern {
  return { type: 'any', glob }
}

/** The text before the first `+`. */
function literalStart(filter: string): string {
  return filter.split('+', 1)[0] as string
}

/** What neighbours have in common: one Deny below a shared prefix serves them all. */
function sharedPrefixes(texts: readonly string[]): readonly string[] {
  const sorted = [...texts].sort()
  const shared = sorted.slice(1).map((text, index) => {
    const previous = sorted[index] as string
    let length = 0
    while (length < text.length && text[length] === previous[length]) length++
    return text.slice(0, length)
  })
  return [...new Set(shared)].filter((prefix) => prefix !== '')
}

/** Does a Deny on the pattern cut into no grant at all? Remembers its answers: many filters ask the same. */
function harmlessIn(rights: readonly Right[]): (pattern: DenyPattern) => boolean {
  const known = new Map<string, boolean>()
  return (pattern) => {
    const key = keyOf(pattern)
    const answer = known.get(key) ?? !rights.some((right) => firstCut(right, pattern))
    known.set(key, answer)
    return answer
  }
}
