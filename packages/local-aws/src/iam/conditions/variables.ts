/** A stretch of policy text: as written (wildcards count), taken literally (an escape), or a variable still to be filled in. */
export type TemplatePart =
  | { readonly text: string; readonly literal: boolean }
  | { readonly variable: string; readonly fallback?: string }

/** The one value of a single-valued context key, by its name in any case; undefined for absent and for multi-valued keys. */
export type VariableLookup = (key: string) => string | undefined

// `${*}`, `${?}` and `${$}` are the characters themselves; `${key}` and `${key, 'default'}` are variables.
const placeholder = /\$\{([*?$])\}|\$\{\s*([^\s${},'*?][^${},'*?]*?)\s*(?:,\s*'([^']*)'\s*)?\}/gu

/**
 * Splits policy text at its variables. In version 2008-10-17 there are none, and `${aws:username}` is what it looks like.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(text: string, variables: boolean): readonly TemplatePart[] {
  if (!variables || !text.includes('${')) return [{ text, literal: false }]
  const parts: TemplatePart[] = []
  let end = 0
  for (const match of text.matchAll(placeholder)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), literal: false })
    end = match.index + match[0].length
    const [, escaped, variable = '', fallback] = match
    if (escaped !== undefined) {
      parts.push({ text: escaped, literal: true })
    } else {
      parts.push(fallback === undefined ? { variable } : { variable, fallback })
    }
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), literal: false })
  return parts
}

/**
 * Puts the values in. What a variable brings is always literal: a `*` in a tag is a star, not a wildcard. Undefined when a
 * variable has no single value and no default: whatever holds it then matches nothing.
 */
export function fillTemplate(parts: readonly TemplatePart[], lookup: VariableLookup): FilledPart[] | undefined {
  const filled: FilledPart[] = []
  for (const part of parts) {
    if ('text' in part) {
      filled.push(part)
      continue
    }
    const text = lookup(part.variable) ?? part.fallback
    if (text === undefined) return undefined
    filled.push({ text, literal: true })
  }
  return filled
}

/** A part with nothing left to fill in. */
export type FilledPart = { readonly text: string; readonly literal: boolean }

/** True when no part waits for a value. */
export function isFilled(parts: readonly TemplatePart[]): parts is readonly FilledPart[] {
  return parts.every((part) => 'text' in part)
}
