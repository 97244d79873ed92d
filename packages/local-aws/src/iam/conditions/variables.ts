/** A part of policy text: as written (wildcards apply), literal (an escape), or a variable. */
export type TemplatePart =
  | { readonly text: string; readonly literal: boolean }
  | { readonly variable: string; readonly fallback?: string }

/** Returns the value of a single-valued context key, case-insensitively; undefined for absent and multi-valued keys. */
export type VariableLookup = (key: string) => string | undefined

// `${*}`, `${?}` and `${$}` are literal characters; `${key}` and `${key, 'default'}` are variables.
const placeholder = /\$\{([*?$])\}|\$\{\s*([^\s${},'*?][^${},'*?]*?)\s*(?:,\s*'([^']*)'\s*)?\}/gu

/**
 * Splits policy text at its variables. Version 2008-10-17 has none, so `${aws:username}` is literal text there.
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
 * Replaces variables by values. A value is always literal: a `*` in a tag is not a wildcard. Undefined if a variable has neither a single
 * value nor a default: its pattern then matches nothing.
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

/** A part without variables. */
export type FilledPart = { readonly text: string; readonly literal: boolean }

/** True if no part has variables. */
export function isFilled(parts: readonly TemplatePart[]): parts is readonly FilledPart[] {
  return parts.every((part) => 'text' in part)
}
