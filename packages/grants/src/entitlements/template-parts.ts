/** `userId`, `encodedUserId` or `claims.<name>`. */
export type Variable = string

/** A piece of a template: literal text, or a variable. */
export type TemplatePart = string | { readonly variable: Variable }

/** The variables of a template, each once. */
export function variablesOf(parts: readonly TemplatePart[]): readonly Variable[] {
  return [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable])))]
}

/**
 * Returns two variables of one level that can produce the same string for two users, or undefined.
 *
 * A level is safe if it repeats a single variable, or if each variable but the last is `encodedUserId` followed by a character that
 * never occurs in an encoded user ID: the string then shows where the first value ends.
 */
export function ambiguousLevel(parts: readonly TemplatePart[]): readonly [Variable, Variable] | undefined {
  for (const level of levelsOf(parts)) {
    const variables = level.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]))
    if (new Set(variables).size < 2) continue
    const tellsApart = level.every((part, index) => {
      const next = level[index + 1]
      if (typeof part === 'string' || variables.at(-1) === part.variable) return true
      return part.variable === 'encodedUserId' && typeof next === 'string' && /^[^A-Za-z0-9_@.,=-]/u.test(next)
    })
    if (!tellsApart) return [variables[0] ?? '', variables.find((variable) => variable !== variables[0]) ?? '']
  }
  return undefined
}

function levelsOf(parts: readonly TemplatePart[]): readonly (readonly TemplatePart[])[] {
  const levels: TemplatePart[][] = [[]]
  for (const part of parts) {
    const [first = '', ...others] = typeof part === 'string' ? part.split('/') : [part]
    if (first !== '') levels.at(-1)?.push(first)
    for (const text of others) levels.push(text === '' ? [] : [text])
  }
  return levels
}
