import { parseSubscription } from './topic-filter.js'

/**
 * Does the filter match the topic? MQTT 5 section 4.7 with AWS's difference: `a/#` matches `a/` and `a/b`, but not `a`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html ("Differences from the MQTT specification")
 * @example matches('devices/+/state', 'devices/lamp/state') // true
 */
export function matches(filter: string, topic: string): boolean {
  return covers(filter, topic)
}

/** Is every topic that `inner` matches also matched by `outer`? `$share` filters compare within the same group only. */
export function coversFilter(outer: string, inner: string): boolean {
  const given = parseSubscription(outer)
  const asked = parseSubscription(inner)
  return given.group === asked.group && covers(given.filter, asked.filter)
}

/** `inner` is a topic name or a plain topic filter. */
function covers(outer: string, inner: string): boolean {
  if (isHidden(outer, inner)) return false
  const outerLevels = outer.split('/')
  const innerLevels = inner.split('/')
  for (const [index, level] of outerLevels.entries()) {
    if (level === '#') return innerLevels.length > index
    if (level === '+' ? innerLevels[index] === '#' : level !== innerLevels[index]) return false
  }
  return outerLevels.length === innerLevels.length
}

/** A wildcard in the first level never matches names that begin with `$`. [MQTT-4.7.2-1] */
function isHidden(filter: string, name: string): boolean {
  return name.startsWith('$') && /^[+#]/u.test(filter)
}
