/**
 * Whether AWS delivers `topic` to a subscription of `filter`. MQTT's rule with AWS's deviation: `a/#` does not match `a`.
 * Wildcards in the first level never match a topic that starts with `$` [MQTT-4.7.2-1].
 */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/u.test(filter)) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return levels.length > index
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}
