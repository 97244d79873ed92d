import type { Entitlements, Rule } from '../entitlements.js'
import { canMeet } from '../rule-conflicts.js'

/** Sets of rules that one user can hold. No two of them have the same templates: those give the same. */
export interface RuleSets {
  /** What everybody has, and each of its rules. */
  readonly everybodys: readonly (readonly Rule[])[]
  /** Each conditional rule by itself and with what everybody has; and beside it all that one user can hold together. */
  readonly some: readonly (readonly Rule[])[]
  /** What everybody has, with two conditional rules that one user can fulfil. Those with a `+` first: only they need Denies. */
  readonly pairs: readonly (readonly Rule[])[]
}

export function ruleSetsOf({ rules, singleValued }: Entitlements): RuleSets {
  const everyones = rules.filter(({ when }) => when.length === 0)
  const others = distinct(rules.filter(({ when }) => when.length > 0).map((rule) => [rule])).flat()
  const meet = (one: Rule, other: Rule) => canMeet(one, other, singleValued) && canMeet(other, one, singleValued)
  const together = others.map((first) => {
    const held = [first]
    for (const rule of others) if (rule !== first && held.every((one) => meet(one, rule))) held.push(rule)
    return held
  })
  const pairs = others.flatMap((one, index) =>
    others.slice(index + 1).flatMap((other) => (meet(one, other) ? [[...everyones, one, other]] : [])),
  )
  return {
    everybodys: distinct([...everyones.map((rule) => [rule]), everyones]),
    some: distinct([
      ...others.map((rule) => [rule]),
      ...others.map((rule) => [...everyones, rule]),
      ...together.map((held) => [...everyones, ...held]),
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
