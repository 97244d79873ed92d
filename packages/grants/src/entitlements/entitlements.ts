import { EntitlementError, GrantError } from '../errors.js'
import { type GrantKind, type Grants, grantKinds } from '../grant-types.js'
import { sessionPolicy } from '../policy/session-policy.js'
import { requireNoConflict } from './rule-conflicts.js'
import { fillTemplate, parseTemplate, placeholder, type Template } from './template.js'
import type { Variable } from './template-parts.js'

/**
 * Where replies to a user's requests arrive: whoever is granted `request` may subscribe there, and nobody else's prefix is the same, since
 * no two users share an encoded ID.
 */
export const replyTemplate = 'replies/${encodedUserId}/#'

/** One condition of a rule: the value, or a member of the list, is one of these. */
export interface Condition {
  readonly variable: Variable
  readonly oneOf: readonly string[]
}

/** One rule of the file: to whom it applies, and what it gives. */
export interface Rule {
  readonly place: string
  readonly when: readonly Condition[]
  readonly templates: readonly Template[]
}

/** Who may have which grants: the checked contents of `entitlements.json`. */
export interface Entitlements {
  readonly rules: readonly Rule[]
  /** Claims that are one text, never a list: a condition on one does not hold for a list, so two values exclude each other. */
  readonly singleValued: ReadonlySet<Variable>
}

/**
 * Reads an entitlements file (already parsed as JSON) and proves that every rule can be compiled.
 *
 * @throws EntitlementError with the place in the file
 * @example parseEntitlements({ entitlements: [{ publish: ['users/${userId}/#'] }] })
 */
export function parseEntitlements(input: unknown): Entitlements {
  const file = objectAt(input, 'entitlements.json', ['$schema', 'entitlements', 'singleValued'])
  const list = file.entitlements
  if (!Array.isArray(list) || list.length === 0) {
    throw new EntitlementError('malformed_entitlements', 'entitlements', 'a list of rules is expected.', {
      value: list,
      remedy: 'Write {"entitlements": [{"publish": ["test"], "subscribe": ["test"]}]}.',
    })
  }
  const rules = list.map((rule, index) => parseRule(rule, `entitlements[${index}]`))
  const singleValued = parseSingleValued(file.singleValued)
  for (const rule of rules) requireExpressible(rule)
  requireNoConflict(
    rules.map((rule) => ({ ...rule, grants: leastGrants(rule) })),
    singleValued,
  )
  return { rules, singleValued }
}

function parseSingleValued(input: unknown): ReadonlySet<Variable> {
  const list: unknown[] = input === undefined ? [] : Array.isArray(input) ? input : [input]
  const bad = list.find((name) => typeof name !== 'string' || !/^claims\..+$/su.test(name))
  if (bad !== undefined) throw malformed('singleValued', 'a list of claims such as "claims.role" is expected.', input)
  return new Set(list as string[])
}

function parseRule(input: unknown, place: string): Rule {
  const rule = objectAt(input, place, ['description', 'when', ...grantKinds, 'request'])
  if (rule.description !== undefined && typeof rule.description !== 'string') {
    throw malformed(`${place}.description`, 'a text is expected.', rule.description)
  }
  const templatesOf = (key: string, kind: GrantKind) =>
    listAt(rule[key], `${place}.${key}`).map((text, index) => parseTemplate(text, kind, `${place}.${key}[${index}]`))
  const requests = templatesOf('request', 'publish')
  const replies = requests.length === 0 ? [] : [parseTemplate(replyTemplate, 'subscribe', `${place}.request`)]
  const templates = [...grantKinds.flatMap((kind) => templatesOf(kind, kind)), ...requests, ...replies]
  if (templates.length === 0) {
    throw new EntitlementError('empty_rule', place, 'the rule gives nothing.', {
      value: input,
      remedy: 'Add publish, subscribe, retain or request, or delete the rule.',
    })
  }
  return { place, when: parseConditions(rule.when, `${place}.when`), templates }
}

function listAt(input: unknown, place: string): readonly unknown[] {
  if (input === undefined) return []
  if (Array.isArray(input)) return input
  throw malformed(place, 'a list of topic filters is expected.', input)
}

function parseConditions(input: unknown, place: string): readonly Condition[] {
  if (input === undefined) return []
  const conditions = Object.entries(objectAt(input, place)).map(([variable, wanted]) => {
    const at = `${place}[${JSON.stringify(variable)}]`
    if (!/^(userId|claims\..+)$/su.test(variable)) {
      throw new EntitlementError('unknown_variable', at, 'there is no such variable.', {
        value: variable,
        remedy: 'Use "userId" or "claims.<name>".',
      })
    }
    const oneOf: unknown[] = Array.isArray(wanted) ? wanted : [wanted]
    if (oneOf.length === 0 || !oneOf.every((value) => typeof value === 'string' && value !== '')) {
      throw malformed(at, 'a text or a list of texts is expected.', wanted)
    }
    return { variable, oneOf: oneOf as string[] }
  })
  if (conditions.length === 0) throw malformed(place, 'at least one condition is expected.', input)
  return conditions
}

/** What a rule gives a caller with the shortest values. */
function leastGrants({ templates }: Rule): Grants {
  const filters = (kind: keyof Grants) =>
    templates.filter((template) => template.kind === kind).map((template) => fillTemplate(template, () => placeholder))
  return { publish: filters('publish'), subscribe: filters('subscribe'), retain: filters('retain') }
}

/** Compiles the rule by itself. Too much for one policy is no fault: callers may ask for less. */
function requireExpressible(rule: Rule): void {
  try {
    sessionPolicy(leastGrants(rule), { userId: 'user' })
  } catch (cause) {
    if (!(cause instanceof GrantError) || cause.code === 'policy_too_large') return
    throw new EntitlementError('inexpressible_rules', rule.place, cause.message, {
      value: cause.grants,
      remedy: cause.remedy,
      cause,
    })
  }
}

function objectAt(input: unknown, place: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw malformed(place, 'an object is expected.', input)
  }
  const unknown = keys && Object.keys(input).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    throw new EntitlementError('unknown_key', place, `there is no ${JSON.stringify(unknown)} here.`, {
      value: unknown,
      remedy: `Use ${(keys ?? []).join(', ')}.`,
    })
  }
  return input as Readonly<Record<string, unknown>>
}

function malformed(place: string, message: string, value: unknown): EntitlementError {
  return new EntitlementError('malformed_entitlements', place, message, {
    value,
    remedy: 'Compare with entitlements.schema.json.',
  })
}
