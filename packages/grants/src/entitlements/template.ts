import { EntitlementError } from '../errors.js'
import type { GrantKind, TopicFilter } from '../grant-types.js'
import { parseFilters } from '../grants.js'
import { ambiguousLevel, type TemplatePart, type Variable, variablesOf } from './template-parts.js'

/** A topic filter with variables, split into literal text and variables. */
export interface Template {
  /** Its path in the file: `entitlements[1].subscribe[0]`. */
  readonly place: string
  readonly text: string
  readonly kind: GrantKind
  readonly parts: readonly TemplatePart[]
}

/** The shortest possible value. It replaces every variable while a template is validated. */
export const placeholder = 'x'

/**
 * Reads a template such as `users/${userId}/#`.
 *
 * @throws EntitlementError `invalid_template` or `unknown_variable`, with the place
 */
export function parseTemplate(text: unknown, kind: GrantKind, place: string): Template {
  if (typeof text !== 'string') {
    throw invalid(place, 'a grant must be a string.', text, `Write a topic filter such as "users/\${userId}/#".`)
  }
  const parts = text.split(/(\$\{[^}]*\}?)/u).flatMap((part, index): TemplatePart[] => {
    if (index % 2 === 0) return part === '' ? [] : [part]
    return [{ variable: parseVariable(part, text, place) }]
  })
  if (text.split('/').some((level) => /^\$(?!\{).*\$\{/su.test(level))) {
    const message = `${JSON.stringify(text)} uses a variable in a level that begins with "$".`
    throw invalid(place, message, text, 'Write levels that begin with "$" without variables; AWS reserves these names.')
  }
  const ambiguous = ambiguousLevel(parts)
  if (ambiguous !== undefined) {
    const [one, other] = ambiguous
    const message = `${JSON.stringify(text)} combines ${one} and ${other} in one level, so two users could get the same topic: "a" and "b-c" give the same string as "a-b" and "c".`
    const remedy = `Use a separate level for each, or start the level with \${encodedUserId} followed by ":" or "~".`
    throw invalid(place, message, text, remedy)
  }
  const template = { place, text, kind, parts }
  fillTemplate(template, () => placeholder)
  return template
}

function parseVariable(part: string, text: string, place: string): Variable {
  const name = /^\$\{(userId|encodedUserId|claims\.[^}]+)\}$/u.exec(part)?.[1]
  if (name !== undefined) return name
  throw new EntitlementError(
    'unknown_variable',
    place,
    `${JSON.stringify(text)} contains the unknown variable ${part}.`,
    {
      value: part,
      remedy: `Use \${userId}, \${encodedUserId} or \${claims.<name>}.`,
    },
  )
}

/**
 * Fills in the values of a template. A value never adds a level or a wildcard.
 *
 * @throws EntitlementError `unusable_value`, naming the variable; `invalid_template` if the result is not a topic filter
 */
export function fillTemplate(template: Template, lookUp: (variable: Variable) => string): TopicFilter {
  const { place, parts, text, kind } = template
  let filled = ''
  for (const part of parts) {
    filled += typeof part === 'string' ? part : usable(lookUp(part.variable), part.variable, filled, place)
  }
  try {
    const [filter] = parseFilters(kind, [filled])
    return filter as TopicFilter
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const variables = variablesOf(parts).join(', ')
    if (variables === '' || filled === checked(template)) {
      throw new EntitlementError('invalid_template', place, message, {
        value: text,
        remedy: 'Correct the template.',
        cause,
      })
    }
    throw new EntitlementError('unusable_value', place, `with the caller's ${variables}: ${message}`, {
      value: filled,
      remedy: `Change this value of the caller, or do not use ${variables} in a topic.`,
      cause,
    })
  }
}

function checked({ parts }: Template): string {
  return parts.map((part) => (typeof part === 'string' ? part : placeholder)).join('')
}

function usable(value: string, variable: Variable, before: string, place: string): string {
  const beginsLevel = before === '' || before.endsWith('/')
  const fault =
    value === ''
      ? 'is empty'
      : /[/+#\0]/u.test(value)
        ? 'contains "/", "+", "#" or a null character'
        : beginsLevel && value.startsWith('$')
          ? 'begins with "$"'
          : undefined
  if (fault === undefined) return value
  throw new EntitlementError('unusable_value', place, `${variable} is ${JSON.stringify(value)}, which ${fault}.`, {
    value,
    remedy:
      variable === 'userId'
        ? `Use \${encodedUserId} in this rule: it contains none of these characters.`
        : `${variable} fills a single topic level; use a value without "/", "+", "#", a leading "$" or null characters.`,
  })
}

function invalid(place: string, message: string, value: unknown, remedy: string): EntitlementError {
  return new EntitlementError('invalid_template', place, message, { value, remedy })
}
