import { parseSubscription } from './topic-filter.js'

/**
 * Does the filter match the topic? MQTT 5 section 4.7 with AWS's difference: `a/#` matches `a/` and `a/b`, but not `a`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html ("Differences from the MQTT specification")
 * @example matches('devices/+/state', 'devices/lamp/state') // true
 */
export function matches(filter: string, topic: string): boolean {
  if (isHidden(filter, topic)) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return levels.length > index
    if (level !== '+' && level !== levels[index]) return false
  }
  return wanted.length === levels.length
}

/** Is every topic that `inner` matches also matched by `outer`? `$share` filters compare within the same group only. */
export function coversFilter(outer: string, inner: string): boolean {
  // Most pairs differ at one end, which is cheap to compare.
  const { start, end } = literalEnds(outer)
  if (!inner.startsWith(start) || !inner.endsWith(end)) return false
  const given = parseSubscription(outer)
  const asked = parseSubscription(inner)
  if (given.group !== asked.group || isHidden(given.filter, asked.filter)) return false
  const outerLevels = given.filter.split('/')
  const innerLevels = asked.filter.split('/')
  for (const [index, level] of outerLevels.entries()) {
    if (level === '#') return innerLevels.length > index
    if (level === '+' ? innerLevels[index] === '#' : level !== innerLevels[index]) return false
  }
  return outerLevels.length === innerLevels.length
}

/** The text before the first wildcard and after the last one; for a filter without wildcards, both are the filter. */
export function literalEnds(filter: string): { readonly start: string; readonly end: string } {
  const first = filter.search(/[+#]/u)
  if (first < 0) return { start: filter, end: filter }
  const last = Math.max(filter.lastIndexOf('+'), filter.lastIndexOf('#'))
  return { start: filter.slice(0, first), end: filter.slice(last + 1) }
}

/** A wildcard in the first level never matches names that begin with `$`. [MQTT-4.7.2-1] */
function isHidden(filter: string, name: string): boolean {
  return name.startsWith('$') && /^[+#]/u.test(filter)
}
