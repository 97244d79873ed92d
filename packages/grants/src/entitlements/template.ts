import { EntitlementError } from '../errors.js'
import type { GrantKind, TopicFilter } from '../grant-types.js'
import { parseFilters } from '../grants.js'
import { ambiguousLevel, type TemplatePart, type Variable, variablesOf } from './template-parts.js'

/** A topic filter with variables, taken apart: literal text, or a variable. */
export interface Template {
  /** Where it stands in the file: `entitlements[1].subscribe[0]`. */
  readonly place: string
  readonly text: string
  readonly kind: GrantKind
  readonly parts: readonly TemplatePart[]
}

/** Stands for any value when a template is checked: the shortest that there is. */
export const placeholder = 'x'

/**
 * Reads a template such as `users/${userId}/#`.
 *
 * @throws EntitlementError `invalid_template` or `unknown_variable`, with the place
 */
export function parseTemplate(text: unknown, kind: GrantKind, place: string): Template {
  if (typeof text !== 'string') {
    throw invalid(place, 'a grant is a text.', text, `Write a topic filter such as "users/\${userId}/#".`)
  }
  const parts = text.split(/(\$\{[^}]*\}?)/u).flatMap((part, index): TemplatePart[] => {
    if (index % 2 === 0) return part === '' ? [] : [part]
    return [{ variable: parseVariable(part, text, place) }]
  })
  if (text.split('/').some((level) => /^\$(?!\{).*\$\{/su.test(level))) {
    const message = `${JSON.stringify(text)} puts a variable into a level that begins with "$".`
    throw invalid(place, message, text, 'Write levels that begin with "$" out in full; AWS reserves them.')
  }
  const ambiguous = ambiguousLevel(parts)
  if (ambiguous !== undefined) {
    const [one, other] = ambiguous
    const message = `${JSON.stringify(text)} joins ${one} and ${other} in one level, where two users could meet: "a" and "b-c" make the same text as "a-b" and "c".`
    const remedy = `Give each a level of its own, or put \${encodedUserId} first and ":" or "~" after it.`
    throw invalid(place, message, text, remedy)
  }
  const template = { place, text, kind, parts }
  fillTemplate(template, () => placeholder)
  return template
}

function parseVariable(part: string, text: string, place: string): Variable {
  const name = /^\$\{(userId|encodedUserId|claims\.[^}]+)\}$/u.exec(part)?.[1]
  if (name !== undefined) return name
  throw new EntitlementError('unknown_variable', place, `${JSON.stringify(text)} has the unknown variable ${part}.`, {
    value: part,
    remedy: `Use \${userId}, \${encodedUserId} or \${claims.<name>}.`,
  })
}

/**
 * Puts values into a template, as data: a value never adds a level or a wildcard.
 *
 * @throws EntitlementError `unusable_value`, naming the variable; `invalid_template` when the result is no topic filter
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
      remedy: `Give this caller another value, or do not use ${variables} in a topic.`,
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
        ? `Use \${encodedUserId} in this rule: it has none of these characters.`
        : `${variable} is put into a topic as one piece of text; give this caller a value without structure.`,
  })
}

function invalid(place: string, message: string, value: unknown, remedy: string): EntitlementError {
  return new EntitlementError('invalid_template', place, message, { value, remedy })
}
