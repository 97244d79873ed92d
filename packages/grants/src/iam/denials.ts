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

/** A need with what choosing for it takes into account. */
interface Weighed {
  readonly need: Need
  /** The alternatives that are one pattern, by key. */
  readonly singles: ReadonlyMap<string, DenyPattern>
  /** The cheapest alternative, and its cost. */
  readonly alone: readonly DenyPattern[]
  readonly aloneCost: number
}

/** Takes first the patterns that save most by answering several needs at once. */
function cheapest(needs: readonly Need[]): readonly Choice[] {
  const chosen = new Map<string, Choice>()
  const choose = ({ actions }: Need, patterns: readonly DenyPattern[]) => {
    for (const pattern of patterns) {
      const choice = chosen.get(keyOf(pattern)) ?? { ...pattern, needed: new Set() }
      for (const action of actions) choice.needed.add(action)
      chosen.set(keyOf(pattern), choice)
    }
  }
  let open = needs.map(weigh)
  for (let best = mostSaving(open); best; best = mostSaving(open)) {
    const key = keyOf(best)
    for (const { need, singles } of open) if (singles.has(key)) choose(need, [best])
    open = open.filter(({ singles }) => !singles.has(key))
  }
  for (const { need, alone } of open) choose(need, alone)
  return [...chosen.values()]
}

function weigh(need: Need): Weighed {
  const [alone = []] = [...need.alternatives].sort((a, b) => cost(a) - cost(b))
  const singles = need.alternatives.flatMap(([pattern, ...others]) =>
    pattern && others.length === 0 ? [[keyOf(pattern), pattern] as const] : [],
  )
  return { need, singles: new Map(singles), alone, aloneCost: cost(alone) }
}

/** The pattern that costs least against what its needs would cost alone; ties by text, so that the result is always the same. */
function mostSaving(needs: readonly Weighed[]): DenyPattern | undefined {
  const savings = new Map<string, { readonly pattern: DenyPattern; saved: number }>()
  for (const { singles, aloneCost } of needs) {
    for (const [key, pattern] of singles) {
      const saving = savings.get(key) ?? { pattern, saved: -cost([pattern]) }
      saving.saved += aloneCost
      savings.set(key, saving)
    }
  }
  const [best] = [...savings].sort(([a, x], [b, y]) => y.saved - x.saved || (a < b ? -1 : 1))
  return best && best[1].saved > 0 ? best[1].pattern : undefined
}

/** Characters beside the key: quotes, comma, `arn:aws:iot:*:*:`. */
const overhead = 19

function cost(patterns: readonly DenyPattern[]): number {
  return patterns.reduce((sum, pattern) => sum + keyOf(pattern).length + overhead, 0)
}
