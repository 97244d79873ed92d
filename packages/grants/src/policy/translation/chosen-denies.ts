import type { Action, ActionGrants } from './action-grants.js'
import { type DenyPattern, deniesAll, firstCut, keyOf } from './deny-pattern.js'
import type { RequiredDeny } from './required-denies.js'

/** A Deny, with the actions that need it and those that it does not affect. */
export interface ChosenDeny extends DenyPattern {
  readonly needed: ReadonlySet<Action>
  readonly harmless: ReadonlySet<Action>
}

/** A small set of patterns that satisfies every required Deny, with the actions that each pattern can deny. */
export function chooseDenies(
  required: readonly RequiredDeny[],
  byAction: readonly ActionGrants[],
): readonly ChosenDeny[] {
  const chosen = cheapest(required).map(({ type, glob, needed }) => {
    const harmless = byAction
      .filter((actionGrants) => !firstCut(actionGrants, { type, glob }))
      .map((actionGrants) => actionGrants.action)
    return { type, glob, needed, harmless: new Set([...needed, ...harmless]) }
  })
  return withoutIncluded(chosen)
}

/** Removes Denies that others include, and transfers their actions. */
function withoutIncluded(denies: readonly (ChosenDeny & Choice)[]): readonly ChosenDeny[] {
  const kept = new Set(denies)
  for (const deny of denies) {
    const coverers = [...deny.needed].map((action) => ({
      action,
      by: [...kept].find((other) => other !== deny && other.harmless.has(action) && deniesAll(other, deny, action)),
    }))
    if (coverers.some(({ by }) => by === undefined)) continue
    for (const { action, by } of coverers) by?.needed.add(action)
    kept.delete(deny)
  }
  return [...kept]
}

/** A chosen pattern, while its actions are collected. */
interface Choice extends DenyPattern {
  readonly needed: Set<Action>
}

/** A required Deny with its alternatives and costs. */
interface WeighedDeny {
  readonly deny: RequiredDeny
  /** Alternatives with exactly one pattern, by key. */
  readonly singles: ReadonlyMap<string, DenyPattern>
  /** The cheapest alternative, and its cost. */
  readonly alone: readonly DenyPattern[]
  readonly aloneCost: number
}

/** First selects the patterns that save most by satisfying several required Denies at once. */
function cheapest(required: readonly RequiredDeny[]): readonly Choice[] {
  const chosen = new Map<string, Choice>()
  const choose = ({ actions }: RequiredDeny, patterns: readonly DenyPattern[]) => {
    for (const pattern of patterns) {
      const choice = chosen.get(keyOf(pattern)) ?? { ...pattern, needed: new Set() }
      for (const action of actions) choice.needed.add(action)
      chosen.set(keyOf(pattern), choice)
    }
  }
  let open = required.map(weigh)
  for (let best = mostSaving(open); best; best = mostSaving(open)) {
    const key = keyOf(best)
    for (const { deny, singles } of open) if (singles.has(key)) choose(deny, [best])
    open = open.filter(({ singles }) => !singles.has(key))
  }
  for (const { deny, alone } of open) choose(deny, alone)
  return [...chosen.values()]
}

function weigh(deny: RequiredDeny): WeighedDeny {
  const [alone = []] = [...deny.alternatives].sort((a, b) => cost(a) - cost(b))
  const singles = deny.alternatives.flatMap(([pattern, ...others]) =>
    pattern && others.length === 0 ? [[keyOf(pattern), pattern] as const] : [],
  )
  return { deny, singles: new Map(singles), alone, aloneCost: cost(alone) }
}

/** The pattern that saves most compared with the separate costs of the Denies that it satisfies; ties are broken by key for a stable result. */
function mostSaving(required: readonly WeighedDeny[]): DenyPattern | undefined {
  const savings = new Map<string, { readonly pattern: DenyPattern; saved: number }>()
  for (const { singles, aloneCost } of required) {
    for (const [key, pattern] of singles) {
      const saving = savings.get(key) ?? { pattern, saved: -cost([pattern]) }
      saving.saved += aloneCost
      savings.set(key, saving)
    }
  }
  const [best] = [...savings].sort(([a, x], [b, y]) => y.saved - x.saved || (a < b ? -1 : 1))
  return best && best[1].saved > 0 ? best[1].pattern : undefined
}

/** Characters besides the key: quotes, comma, `arn:aws:iot:*:*:`. */
const overhead = 19

function cost(patterns: readonly DenyPattern[]): number {
  return patterns.reduce((sum, pattern) => sum + keyOf(pattern).length + overhead, 0)
}
