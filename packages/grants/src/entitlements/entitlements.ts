import { EntitlementError, GrantError } from '../errors.js'
import { byKind, type GrantKind, type Grants, grantKinds } from '../grant-types.js'
import { isRecord } from '../json.js'
import { sessionPolicy } from '../policy/session-policy.js'
import { requireNoConflict } from './rule-conflicts.js'
import { fillTemplate, parseTemplate, placeholder, type Template } from './template.js'
import type { Variable } from './template-parts.js'

/**
 * The filter for replies to a user's requests. A rule with `request` also grants a subscription to it. No other user has the same prefix,
 * because no two users share an encoded ID.
 */
const replyTemplate = 'replies/${encodedUserId}/#'

/** One condition of a rule: the value, or one member of a list, equals one of these. */
export interface Condition {
  readonly variable: Variable
  readonly oneOf: readonly string[]
}

/** One rule of the file: the users it applies to, and what it grants. */
export interface Rule {
  readonly place: string
  readonly when: readonly Condition[]
  readonly templates: readonly Template[]
}

/** Which users have which grants: the validated contents of `entitlements.json`. */
export interface Entitlements {
  readonly rules: readonly Rule[]
  /** Claims that are always one string and never a list. A condition on such a claim does not match a list, so two different values exclude each other. */
  readonly singleValued: ReadonlySet<Variable>
}

/**
 * Reads an entitlements file (already parsed as JSON) and checks that every rule can be compiled.
 *
 * @throws EntitlementError with the place in the file
 * @example parseEntitlements({ entitlements: [{ publish: ['users/${userId}/#'] }] })
 */
export function parseEntitlements(input: unknown): Entitlements {
  const file = objectAt(input, 'entitlements.json', ['$schema', 'entitlements', 'singleValued'])
  const list = file.entitlements
  if (!Array.isArray(list) || list.length === 0) {
    const remedy = 'Write {"entitlements": [{"publish": ["test"], "subscribe": ["test"]}]}.'
    throw malformed('entitlements', 'expected a list of rules.', list, remedy)
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
  if (bad !== undefined) throw malformed('singleValued', 'expected a list of claims such as "claims.role".', input)
  return new Set(list as string[])
}

function parseRule(input: unknown, place: string): Rule {
  const rule = objectAt(input, place, ['description', 'when', ...grantKinds, 'request'])
  if (rule.description !== undefined && typeof rule.description !== 'string') {
    throw malformed(`${place}.description`, 'expected a string.', rule.description)
  }
  const templatesOf = (key: string, kind: GrantKind) =>
    listAt(rule[key], `${place}.${key}`).map((text, index) => parseTemplate(text, kind, `${place}.${key}[${index}]`))
  const requests = templatesOf('request', 'publish')
  const replies = requests.length === 0 ? [] : [parseTemplate(replyTemplate, 'subscribe', `${place}.request`)]
  const templates = [...grantKinds.flatMap((kind) => templatesOf(kind, kind)), ...requests, ...replies]
  if (templates.length === 0) {
    throw new EntitlementError('empty_rule', place, 'the rule grants nothing.', {
      value: input,
      remedy: 'Add publish, subscribe, retain or request, or delete the rule.',
    })
  }
  return { place, when: parseConditions(rule.when, `${place}.when`), templates }
}

function listAt(input: unknown, place: string): readonly unknown[] {
  if (input === undefined) return []
  if (Array.isArray(input)) return input
  throw malformed(place, 'expected a list of topic filters.', input)
}

function parseConditions(input: unknown, place: string): readonly Condition[] {
  if (input === undefined) return []
  const conditions = Object.entries(objectAt(input, place)).map(([variable, wanted]) => {
    const at = `${place}[${JSON.stringify(variable)}]`
    if (!/^(userId|claims\..+)$/su.test(variable)) {
      throw new EntitlementError('unknown_variable', at, 'unknown variable.', {
        value: variable,
        remedy: 'Use "userId" or "claims.<name>".',
      })
    }
    const oneOf: unknown[] = Array.isArray(wanted) ? wanted : [wanted]
    if (oneOf.length === 0 || !oneOf.every((value) => typeof value === 'string' && value !== '')) {
      throw malformed(at, 'expected a string or a list of strings.', wanted)
    }
    return { variable, oneOf: oneOf as string[] }
  })
  if (conditions.length === 0) throw malformed(place, 'expected at least one condition.', input)
  return conditions
}

/** The grants of a rule for a caller with the shortest possible values. */
function leastGrants({ templates }: Rule): Grants {
  return byKind((kind) =>
    templates.filter((template) => template.kind === kind).map((template) => fillTemplate(template, () => placeholder)),
  )
}

/** Compiles the rule alone. A rule that is too large for one policy passes, because callers can request a subset. */
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
  if (!isRecord(input)) throw malformed(place, 'expected an object.', input)
  const unknown = keys && Object.keys(input).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    throw new EntitlementError('unknown_key', place, `unknown key ${JSON.stringify(unknown)}.`, {
      value: unknown,
      remedy: `Use ${(keys ?? []).join(', ')}.`,
    })
  }
  return input
}

function malformed(
  place: string,
  message: string,
  value: unknown,
  remedy = 'See entitlements.schema.json for the format.',
): EntitlementError {
  return new EntitlementError('malformed_entitlements', place, message, { value, remedy })
}
