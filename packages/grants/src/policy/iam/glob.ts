/**
 * An IAM pattern before it is written down: its text, in which {@link wildcard} stands for `*`. No MQTT name contains the null
 * character, so a `*` that is meant and a `*` that is part of a name cannot be confused on the way.
 */
export type Glob = string

/** Any run of characters, `/` included. */
export const wildcard = '\0'

/**
 * Writes a glob in IAM's words: `*`, `?` and `${` in names become `${*}`, `${?}` and `${$}{`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function renderGlob(glob: Glob): string {
  // "$" is escaped wherever what follows could be read together with it.
  return glob.replaceAll(/[*?]|\$(?=[{*?$])/gu, (special) => `\${${special}}`).replaceAll(wildcard, '*')
}

/** Does every text that `inner` matches also match `outer`? Never wrong when it says yes. */
export function includesGlob(outer: Glob, inner: Glob): boolean {
  // wildcard in `inner` is just one more character, which only a wildcard in `outer` takes.
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
