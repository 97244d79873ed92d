import { EntitlementError } from '../errors.js'
import {
  byKind,
  type DroppedRule,
  type GrantKind,
  type GrantReference,
  type Grants,
  type TopicFilter,
} from '../grant-types.js'
import type { Condition, Entitlements, Rule } from './entitlements.js'
import { fillTemplate, type Template } from './template.js'
import { type Variable, variablesOf } from './template-parts.js'
import { comparable, isScalar, type User, verifiedValue } from './values.js'

/** Maximum number of grants that one template produces when a claim is a list: one for each member. */
export const mostMembers = 50

/** The grants of one user, and the rules that they come from. */
export interface Entitled {
  readonly grants: Grants
  /** Rules that were skipped. A skipped rule does not affect the others. */
  readonly dropped: readonly DroppedRule[]
  /** The rules that produce a grant: `['entitlements[0]']`. */
  readonly rulesOf: (grant: GrantReference) => readonly string[]
}

/**
 * All grants of a user. A rule grants nothing if its condition does not match or if it uses a claim that the user does not have. A rule
 * with a value that cannot be part of a topic is dropped; the other rules still apply. A claim that is a list produces one grant per member, up to {@link mostMembers}.
 *
 * @example entitledTo(entitlements, { userId: 'alice', claims: { tenants: ['a', 'b'] } }).grants.publish
 */
export function entitledTo({ rules, singleValued }: Entitlements, user: User): Entitled {
  const given = new Map<string, { readonly kind: GrantKind; readonly filter: TopicFilter; readonly rules: string[] }>()
  const dropped: DroppedRule[] = []
  for (const rule of rules) {
    if (!rule.when.every((condition) => holds(condition, user, singleValued))) continue
    try {
      for (const { kind, filter } of grantsOf(rule, user)) {
        const key = `${kind} ${filter}`
        const entry = given.get(key) ?? { kind, filter, rules: [] }
        if (!entry.rules.includes(rule.place)) entry.rules.push(rule.place)
        given.set(key, entry)
      }
    } catch (error) {
      if (!(error instanceof EntitlementError)) throw error
      dropped.push({ rule: rule.place, reason: error.message, remedy: error.remedy })
    }
  }
  const entries = [...given.values()]
  const grants = byKind((kind) => entries.filter((entry) => entry.kind === kind).map(({ filter }) => filter))
  const rulesOf = ({ kind, filter }: GrantReference) => given.get(`${kind} ${filter}`)?.rules ?? []
  return { grants, dropped, rulesOf }
}

/**
 * The `grants` of {@link entitledTo}.
 *
 * @example grantsFor(entitlements, { userId: 'alice', claims: { groups: ['operators'] } })
 */
export function grantsFor(entitlements: Entitlements, user: User): Grants {
  return entitledTo(entitlements, user).grants
}

function holds({ variable, oneOf }: Condition, user: User, singleValued: ReadonlySet<Variable>): boolean {
  const values = comparable(variable, user)
  if (singleValued.has(variable) && Array.isArray(verifiedValue(variable, user))) return false
  return values.some((value) => oneOf.includes(value))
}

/** All grants of a rule; none if it uses a claim that the user does not have. */
function grantsOf({ templates }: Rule, user: User): readonly { kind: GrantKind; filter: TopicFilter }[] {
  const used = new Set(templates.flatMap(({ parts }) => variablesOf(parts)))
  if ([...used].some((variable) => verifiedValue(variable, user) === undefined)) return []
  return templates.flatMap((template) => {
    return fillings(template, user).map((filling) => ({
      kind: template.kind,
      filter: fillTemplate(template, (variable) => filling.get(variable) ?? ''),
    }))
  })
}

/** Every combination of values for the variables. */
function fillings({ parts, place }: Template, user: User): readonly ReadonlyMap<Variable, string>[] {
  let all: readonly ReadonlyMap<Variable, string>[] = [new Map()]
  for (const variable of variablesOf(parts)) {
    const texts = textsOf(variable, user, place)
    if (all.length * texts.length > mostMembers) {
      const message = `the caller's ${variable} would expand one grant to ${all.length * texts.length} grants; the limit is ${mostMembers}.`
      const remedy = `Give this caller fewer values, or grant a wider filter such as "tenants/+/state".`
      throw new EntitlementError('unusable_value', place, message, { value: texts.length, remedy })
    }
    all = all.flatMap((filling) => texts.map((text) => new Map(filling).set(variable, text)))
  }
  return all
}

function textsOf(variable: Variable, user: User, place: string): readonly string[] {
  const value = verifiedValue(variable, user)
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.every(isScalar)) return [...new Set(values.map(String))]
  throw new EntitlementError('unusable_value', place, `${variable} is neither a string nor a list of strings.`, {
    value,
    remedy: `Only strings, integers and lists of them can be used in a topic; name a member such as ${variable}.<name>.`,
  })
}
