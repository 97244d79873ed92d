import { EntitlementError } from '../errors.js'
import { type GrantKind, type Grants, grantKinds } from '../grants.js'
import type { TopicFilter } from '../topic-filter.js'
import type { Condition, Entitlements, Rule } from './entitlements.js'
import { fillTemplate, type Variable } from './template.js'

/** A verified caller. */
export interface Caller {
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
export function grantsFor({ rules }: Entitlements, caller: Caller): Grants {
  const filters: Record<GrantKind, Set<TopicFilter>> = { publish: new Set(), subscribe: new Set(), retain: new Set() }
  for (const rule of rules) {
    if (!applies(rule, caller)) continue
    for (const template of rule.templates) {
      filters[template.kind].add(fillTemplate(template, (variable) => textOf(variable, caller, template.place)))
    }
  }
  const [publish, subscribe, retain] = grantKinds.map((kind) => [...filters[kind]])
  return { publish: publish ?? [], subscribe: subscribe ?? [], retain: retain ?? [] }
}

function applies({ when, templates }: Rule, caller: Caller): boolean {
  if (!when.every((condition) => holds(condition, caller))) return false
  const used = templates.flatMap(({ parts }) =>
    parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable])),
  )
  return used.every((variable) => verifiedValue(variable, caller) !== undefined)
}

function holds({ variable, oneOf }: Condition, caller: Caller): boolean {
  const value = verifiedValue(variable, caller)
  const values = Array.isArray(value) ? value : [value]
  return values.some((each) => isText(each) && oneOf.includes(String(each)))
}

/** The verified value, or undefined. Only the claims' own properties count: `claims.constructor` is nobody's claim. */
function verifiedValue(variable: Variable, { userId, claims }: Caller): unknown {
  if (variable === 'userId') return userId
  const name = variable.slice('claims.'.length)
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function textOf(variable: Variable, caller: Caller, place: string): string {
  const value = verifiedValue(variable, caller)
  if (isText(value)) return String(value)
  throw new EntitlementError('unusable_value', place, `${variable} is not a text.`, {
    value,
    remedy: `Only a text or a whole number can be put into a topic; use ${variable} under "when" instead.`,
  })
}
