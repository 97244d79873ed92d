import type { GrantReference } from '../errors.js'
import { type DenyPattern, firstCut, grantsAll, keyOf } from './deny-pattern.js'
import type { Action, Right, Rule } from './rights.js'

/** A Deny: for these actions it is needed, for those it would do no harm. */
export interface Denial extends DenyPattern {
  readonly needed: ReadonlySet<Action>
  readonly harmless: ReadonlySet<Action>
}

/** Two grants of which one needs a Deny that takes something from the other. */
export interface Contradiction {
  readonly contradiction: readonly [GrantReference, GrantReference]
}

/** Names that some actions must not reach; each alternative denies all of them. */
export interface Need {
  readonly actions: readonly Action[]
  readonly alternatives: readonly (readonly DenyPattern[])[]
}

/**
 * What must be denied so that each rule, allowed under its own ARN, is exact; only alternatives that cut into no grant. Or the two
 * grants that rule each other out.
 */
export function needsOf(rights: readonly Right[], skip?: ReadonlySet<Rule['filter']>): readonly Need[] | Contradiction {
  const needs: Need[] = []
  for (const right of rights) {
    for (const rule of right.rules) {
      if (skip?.has(rule.filter)) continue
      for (const { alternatives } of rule.excesses) {
        const typed = alternatives.map((globs) => globs.map((glob): DenyPattern => ({ type: right.type, glob })))
        const narrow = typed[0] ?? []
        if (narrow.every((pattern) => grantsAll(right, pattern))) continue
        const possible = typed.filter((patterns) => !patterns.some((pattern) => firstCut(right, pattern)))
        if (possible.length === 0) return contradiction(right, rule, narrow)
        needs.push({ actions: [right.action], alternatives: possible })
      }
    }
  }
  return needs
}

function contradiction(right: Right, rule: Rule, narrow: readonly DenyPattern[]): Contradiction {
  const cut = narrow.map((pattern) => firstCut(right, pattern)).find((found) => found !== undefined) ?? rule
  const { kind } = right
  return {
    contradiction: [
      { kind, filter: rule.grant },
      { kind, filter: cut.grant },
    ],
  }
}

/** A small set of patterns that answers every need, with the actions that each may be used for. */
export function denialsFor(needs: readonly Need[], rights: readonly Right[]): readonly Denial[] {
  return cheapest(needs).map(({ type, glob, needed }) => {
    const harmless = rights.filter((right) => !firstCut(right, { type, glob })).map((right) => right.action)
    return { type, glob, needed, harmless: new Set([...needed, ...harmless]) }
  })
}

interface Choice extends DenyPattern {
  readonly needed: Set<Action>
}

/** Takes first the patterns that save most by answering several needs at once. */
function cheapest(needs: readonly Need[]): readonly Choice[] {
  const chosen = new Map<string, Choice>()
  const choose = (need: Need, patterns: readonly DenyPattern[]) => {
    for (const pattern of patterns) {
      const choice = chosen.get(keyOf(pattern)) ?? { ...pattern, needed: new Set() }
      for (const action of need.actions) choice.needed.add(action)
      chosen.set(keyOf(pattern), choice)
    }
  }
  let open = needs
  while (open.length > 0) {
    const best = mostSaving(open)
    if (best === undefined) break
    const answers = (need: Need) => single(need).find(([pattern]) => keyOf(pattern) === best)
    for (const need of open) choose(need, answers(need) ?? [])
    open = open.filter((need) => !answers(need))
  }
  for (const need of open) choose(need, [...need.alternatives].sort((a, b) => cost(a) - cost(b))[0] ?? [])
  return [...chosen.values()]
}

/** The pattern that costs least against what its needs would cost alone; ties by text, so that the result is always the same. */
function mostSaving(needs: readonly Need[]): string | undefined {
  const savings = new Map<string, number>()
  for (const need of needs) {
    const alone = Math.min(...need.alternatives.map(cost))
    for (const [pattern] of single(need)) {
      const key = keyOf(pattern)
      savings.set(key, (savings.get(key) ?? -cost([pattern])) + alone)
    }
  }
  const [best] = [...savings].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return best && best[1] > 0 ? best[0] : undefined
}

function single(need: Need): readonly (readonly [DenyPattern])[] {
  return need.alternatives.flatMap(([pattern, ...others]) => (pattern && others.length === 0 ? [[pattern]] : []))
}

/** Characters beside the key: quotes, comma, `arn:aws:iot:*:*:`. */
const overhead = 19

function cost(patterns: readonly DenyPattern[]): number {
  return patterns.reduce((sum, pattern) => sum + keyOf(pattern).length + overhead, 0)
}
