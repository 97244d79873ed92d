import { EntitlementError } from '../errors.js'
import { type GrantKind, type Grants, grantKinds, type TopicFilter } from '../grant-types.js'
import type { Condition, Entitlements, Rule } from './entitlements.js'
import { fillTemplate, type Variable } from './template.js'

/** Whose grants are asked for: a verified user, or the user that a trusted backend names. */
export interface User {
  readonly userId: string
  /** Verified claims: texts, numbers, or lists of texts. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * All that a caller is entitled to. A rule whose condition fails, or that uses a claim the caller does not have, gives nothing.
 *
 * @throws EntitlementError `unusable_value` when a claim's value would become structure in a topic
 * @example grantsFor(entitlements, { userId: 'alice', claims: { groups: ['operators'] } })
 */
export function grantsFor({ rules }: Entitlements, user: User): Grants {
  const filters: Record<GrantKind, Set<TopicFilter>> = { publish: new Set(), subscribe: new Set(), retain: new Set() }
  for (const rule of rules) {
    if (!applies(rule, user)) continue
    for (const template of rule.templates) {
      filters[template.kind].add(fillTemplate(template, (variable) => textOf(variable, user, template.place)))
    }
  }
  const [publish, subscribe, retain] = grantKinds.map((kind) => [...filters[kind]])
  return { publish: publish ?? [], subscribe: subscribe ?? [], retain: retain ?? [] }
}

function applies({ when, templates }: Rule, user: User): boolean {
  if (!when.every((condition) => holds(condition, user))) return false
  const used = templates.flatMap(({ parts }) =>
    parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable])),
  )
  return used.every((variable) => verifiedValue(variable, user) !== undefined)
}

function holds({ variable, oneOf }: Condition, user: User): boolean {
  const value = verifiedValue(variable, user)
  const values = Array.isArray(value) ? value : [value]
  return values.some((each) => isText(each) && oneOf.includes(String(each)))
}

/** The verified value, or undefined. Only the claims' own properties count: `claims.constructor` is nobody's claim. */
function verifiedValue(variable: Variable, { userId, claims }: User): unknown {
  if (variable === 'userId') return userId
  const name = variable.slice('claims.'.length)
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function textOf(variable: Variable, user: User, place: string): string {
  const value = verifiedValue(variable, user)
  if (isText(value)) return String(value)
  throw new EntitlementError('unusable_value', place, `${variable} is not a text.`, {
    value,
    remedy: `Only a text or a whole number can be put into a topic; use ${variable} under "when" instead.`,
  })
}
