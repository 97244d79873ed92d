/**
 * An IAM pattern before it is rendered: {@link wildcard} represents `*`. No MQTT name contains the null character, so a wildcard and a
 * literal `*` in a name cannot be confused.
 */
export type Glob = string

/** Matches any run of characters, `/` included. */
export const wildcard = '\0'

/**
 * Renders a glob as an IAM pattern: `*`, `?` and `${` in names become `${*}`, `${?}` and `${$}{`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function renderGlob(glob: Glob): string {
  // "$" is escaped if the next character could form a policy variable with it.
  return glob.replaceAll(/[*?]|\$(?=[{*?$])/gu, (special) => `\${${special}}`).replaceAll(wildcard, '*')
}

/** Does `outer` match every string that `inner` matches? No false positives. */
export function includesGlob(outer: Glob, inner: Glob): boolean {
  // A wildcard in `inner` counts as a character that only a wildcard in `outer` matches.
  const pieces = outer.split(wildcard)
  const first = pieces[0] as string
  const last = pieces[pieces.length - 1] as string
  if (pieces.length === 1) return outer === inner
  if (!inner.startsWith(first) || !inner.endsWith(last) || inner.length < first.length + last.length) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = inner.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= inner.length - last.length
}
