import type { Entitlements, Rule } from '../entitlements.js'
import { canMeet } from '../rule-conflicts.js'

/** Sets of rules that one user can have. No two sets have the same templates, because they would give the same policy. */
export interface RuleSets {
  /** Each rule without a condition, and all of them. */
  readonly unconditional: readonly (readonly Rule[])[]
  /** Each conditional rule alone, with all rules without a condition, and with all other rules that the same user can have. */
  readonly conditional: readonly (readonly Rule[])[]
  /** All rules without a condition, with two conditional rules that one user can have. Pairs with a `+` come first: only they need Denies. */
  readonly pairs: readonly (readonly Rule[])[]
}

export function ruleSetsOf({ rules, singleValued }: Entitlements): RuleSets {
  const always = rules.filter(({ when }) => when.length === 0)
  const others = distinct(rules.filter(({ when }) => when.length > 0).map((rule) => [rule])).flat()
  const meet = (one: Rule, other: Rule) => canMeet(one, other, singleValued) && canMeet(other, one, singleValued)
  const together = others.map((first) => {
    const held = [first]
    for (const rule of others) if (rule !== first && held.every((one) => meet(one, rule))) held.push(rule)
    return held
  })
  const pairs = others.flatMap((one, index) =>
    others.slice(index + 1).flatMap((other) => (meet(one, other) ? [[...always, one, other]] : [])),
  )
  return {
    unconditional: distinct([...always.map((rule) => [rule]), always]),
    conditional: distinct([
      ...others.map((rule) => [rule]),
      ...others.map((rule) => [...always, rule]),
      ...together.map((held) => [...always, ...held]),
    ]),
    pairs: distinct(pairs.sort((a, b) => Number(needsDenies(b)) - Number(needsDenies(a)))),
  }
}

function needsDenies(rules: readonly Rule[]): boolean {
  return rules.some(({ when, templates }) => when.length > 0 && templates.some(({ text }) => text.includes('+')))
}

function distinct(sets: readonly (readonly Rule[])[]): readonly (readonly Rule[])[] {
  const byTemplates = new Map(sets.toReversed().map((rules) => [keyOf(rules), rules]))
  return [...byTemplates.values()].toReversed()
}

function keyOf(rules: readonly Rule[]): string {
  return [...new Set(rules.flatMap(({ templates }) => templates.map(({ kind, text }) => `${kind} ${text}`)))]
    .sort()
    .join('\n')
}
