import { EntitlementError } from '../errors.js'
import type { GrantReference, Grants } from '../grant-types.js'
import { coversFilterFast } from '../mqtt/literal-ends.js'
import { type ActionGrants, grantsByAction, type TranslatedFilter } from '../policy/translation/action-grants.js'
import { type DenyPattern, firstCut, grantsAll } from '../policy/translation/deny-pattern.js'
import type { Variable } from './template-parts.js'

interface Conditional {
  readonly when: readonly { readonly variable: Variable; readonly oneOf: readonly string[] }[]
}

/** The part of a rule that decides whether it conflicts with another one. */
export interface ComparedRule extends Conditional {
  readonly place: string
  /** Its grants for a caller with the shortest possible values. */
  readonly grants: Grants
}

/**
 * Refuses two rules that one user can have together but that no session policy can express together. Nothing is compiled: two grants
 * conflict if the Deny that a `+` or a leading wildcard requires would remove names that the other one grants.
 *
 * @throws EntitlementError `inexpressible_rules`, naming both places
 */
export function requireNoConflict(rules: readonly ComparedRule[], singleValued: ReadonlySet<Variable>): void {
  const translated = rules.flatMap((rule) => {
    const byAction = grantsByAction(rule.grants)
    return 'inexpressible' in byAction ? [] : [{ rule, byAction, denies: deniesOf(byAction) }]
  })
  for (const one of translated) {
    if (one.denies.length === 0) continue
    for (const other of translated) {
      if (one === other || !canMeet(one.rule, other.rule, singleValued)) continue
      const conflict = firstConflict(one.denies, one.byAction, other.byAction)
      if (conflict !== undefined) throw conflictError(one.rule, other.rule, conflict)
    }
  }
}

/** A Deny that a grant requires. */
interface NeededDeny {
  readonly index: number
  readonly filter: TranslatedFilter
  readonly patterns: readonly DenyPattern[]
}

/** The narrowest alternatives only: if the narrowest Deny removes granted names, the wider ones do so too. */
function deniesOf(byAction: readonly ActionGrants[]): readonly NeededDeny[] {
  return byAction.flatMap((actionGrants, index) =>
    actionGrants.filters.flatMap((filter) =>
      filter.overmatches.map(({ alternatives: [narrowest = []] }) => ({
        index,
        filter,
        patterns: narrowest.map((glob): DenyPattern => ({ type: actionGrants.type, glob })),
      })),
    ),
  )
}

function firstConflict(
  denies: readonly NeededDeny[],
  own: readonly ActionGrants[],
  others: readonly ActionGrants[],
): readonly [GrantReference, GrantReference] | undefined {
  for (const { index, filter, patterns } of denies) {
    const [ownGrants, otherGrants] = [own[index], others[index]]
    if (ownGrants === undefined || otherGrants === undefined || otherGrants.filters.length === 0) continue
    const cut = patterns.map((pattern) => firstCut(otherGrants, pattern)).find((found) => found !== undefined)
    if (cut === undefined || isCovered(filter, otherGrants)) continue
    if (patterns.every((pattern) => grantsAll(ownGrants, pattern) || grantsAll(otherGrants, pattern))) continue
    const { kind } = ownGrants
    return [
      { kind, filter: filter.grant },
      { kind, filter: cut.grant },
    ]
  }
  return undefined
}

/** A filter that the other rule covers is left out of the policy, and needs no Deny. */
function isCovered({ filter }: TranslatedFilter, others: ActionGrants): boolean {
  return others.filters.some((other) => other.filter !== filter && coversFilterFast(other.filter, filter))
}

/** Can one user match both conditions? A user has one ID and one value of a single-valued claim; any other claim can be a list. */
export function canMeet(one: Conditional, other: Conditional, singleValued: ReadonlySet<Variable>): boolean {
  return one.when.every(({ variable, oneOf }) => {
    if (variable !== 'userId' && !singleValued.has(variable)) return true
    const same = other.when.filter((condition) => condition.variable === variable)
    return same.every((condition) => condition.oneOf.some((value) => oneOf.includes(value)))
  })
}

function conflictError(
  one: ComparedRule,
  other: ComparedRule,
  [grant, cut]: readonly [GrantReference, GrantReference],
): EntitlementError {
  const [a, b] = [JSON.stringify(grant.filter), JSON.stringify(cut.filter)]
  return new EntitlementError(
    'inexpressible_rules',
    `${one.place} and ${other.place}`,
    `a user can have both, but no session policy can express ${grant.kind} ${a} together with ${cut.kind} ${b}: ${a} requires a Deny, because IAM's "*" also matches slashes and "$", and that Deny would remove topics that ${b} grants.`,
    {
      value: [grant, cut],
      remedy:
        'Make one of them as wide as the other, replace "+" by explicit levels, or, if the two conditions exclude each other, list their claim under "singleValued".',
    },
  )
}
