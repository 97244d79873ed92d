import { EntitlementError, GrantError } from '../errors.js'
import {
  byKind,
  type GrantKind,
  type GrantReference,
  type Grants,
  grantKinds,
  type TopicFilter,
} from '../grant-types.js'
import { covers, parseFilters } from '../grants.js'
import { parseTopicFilter } from '../mqtt/topic-filter.js'
import type { Entitlements, Rule } from './entitlements.js'
import { parseTemplate, type Template } from './template.js'

/**
 * The entitlements plus the declared ceiling: filters that the access table or the app's own function can grant. The ceiling includes each
 * filter for publish, subscribe and retain, as far as AWS IoT supports that. For {@link ceilingPolicy}.
 *
 * @throws EntitlementError `invalid_template` if an entry is not a topic filter
 * @example withCeiling(entitlements, ['tenants/+/#'])
 */
export function withCeiling(entitlements: Entitlements, ceiling: readonly string[]): Entitlements {
  if (ceiling.length === 0) return entitlements
  const templates = grantKinds.flatMap((kind) =>
    ceiling.filter((text) => isFor(kind, text)).map((text, index) => parseTemplate(text, kind, `ceiling[${index}]`)),
  )
  const rule: Rule = { place: 'ceiling', when: [], templates }
  return { ...entitlements, rules: [...entitlements.rules, rule] }
}

/**
 * Everything that can be granted within the role's policy: the declared filters, and the templates of the file with `+` for each
 * variable that fills a level. It is never wider than the role's policy.
 *
 * @throws EntitlementError as {@link withCeiling}
 */
export function reachOf(entitlements: Entitlements, ceiling: readonly string[]): Grants {
  const { rules } = withCeiling(entitlements, ceiling)
  const templates = rules.flatMap((rule) => rule.templates)
  return byKind((kind) => [...new Set(templates.filter((template) => template.kind === kind).flatMap(openFilter))])
}

/** Grants that the reach does not cover. */
export function beyond(reach: Grants, grants: Grants): readonly GrantReference[] {
  const coverage = covers(reach, grants)
  return coverage.covered ? [] : coverage.missing
}

/**
 * Reads grants from outside the file. They can contain the variables of the file. The result is one rule without conditions.
 *
 * @param place Source of the grants, for error messages: `user#alice`.
 * @throws EntitlementError `invalid_template` or `unknown_variable`, with the place
 * @example parseGrantRule({ publish: ['users/${userId}/#'], subscribe: [], retain: [] }, 'group#operators')
 */
export function parseGrantRule(lists: Readonly<Record<GrantKind, readonly unknown[]>>, place: string): Rule {
  const templates = grantKinds.flatMap((kind) =>
    lists[kind].map((text, index) => parseTemplate(text, kind, `${place}.${kind}[${index}]`)),
  )
  return { place, when: [], templates }
}

/** The filter with `+` for each variable that fills a level; empty if a variable is part of a level, because `+` would be wider. */
function openFilter(template: Template): readonly TopicFilter[] {
  const open = template.text
    .split('/')
    .map((level) => (/^\$\{[^}]*\}$/u.test(level) ? '+' : level))
    .join('/')
  if (/\$\{/u.test(open)) return []
  try {
    return parseFilters(template.kind, [open])
  } catch {
    return []
  }
}

function isFor(kind: GrantKind, text: string): boolean {
  try {
    parseTopicFilter(text)
  } catch (cause) {
    if (!(cause instanceof GrantError)) throw cause
    throw new EntitlementError('invalid_template', 'ceiling', cause.message, {
      value: text,
      remedy: 'Use topic filters without variables, such as "tenants/+/#".',
      cause,
    })
  }
  if (kind === 'subscribe') return true
  return !text.startsWith('$share/') && !(kind === 'retain' && text.startsWith('$'))
}
