import type { Limits } from './limits.js'

const SHARE = /^\$share\/([^/+#]{1,128})\/(.+)$/s
const BASIC_INGEST = /^\$aws\/rules\/[^/]+\//

/** `$share/<group>/<filter>` taken apart. */
export interface SharedFilter {
  readonly group: string
  readonly filter: string
}

/** The parts of a shared subscription's filter, or undefined when it is not a well-formed one. */
export function parseShared(filter: string): SharedFilter | undefined {
  const [, group, inner] = SHARE.exec(filter) ?? []
  return group === undefined || inner === undefined ? undefined : { group, filter: inner }
}

/** Why this cannot be the topic of a PUBLISH, or undefined. [MQTT-3.3.2-2], [MQTT-4.7.3-1], [MQTT-1.5.4-2] */
export function topicFault(topic: string, limits: Limits): string | undefined {
  if (topic === '') return 'the topic is empty'
  if (/[+#]/.test(topic)) return 'a topic cannot contain the wildcards + and #'
  return lengthFault(topic.startsWith('$') ? topic.replace(BASIC_INGEST, '') : topic, limits)
}

/** Why this cannot be a topic filter, or undefined. [MQTT-4.7.1-1] to [MQTT-4.7.3-1], [MQTT-4.8.2-1] */
export function filterFault(filter: string, limits: Limits): string | undefined {
  if (filter === '') return 'the topic filter is empty'
  const shared = filter.startsWith('$share/') ? parseShared(filter) : undefined
  if (filter.startsWith('$share/') && shared === undefined)
    return 'a shared subscription is $share/<group>/<filter>, with a group of 1 to 128 characters without / + #'
  const levels = (shared?.filter ?? filter).split('/')
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1))
      return '# stands alone in the last level of a topic filter'
    if (level.includes('+') && level !== '+') return '+ stands alone in its level of a topic filter'
  }
  return lengthFault(shared?.filter ?? filter, limits)
}

function lengthFault(text: string, { topicBytes, topicSlashes }: Limits): string | undefined {
  const bytes = Buffer.byteLength(text)
  if (bytes > topicBytes) return `it has ${bytes} bytes and ${topicBytes} are allowed`
  let slashes = 0
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) slashes += 1
  if (slashes > topicSlashes) return `it has ${slashes} slashes and ${topicSlashes} are allowed`
  if (text.includes('\0')) return 'it contains the null character'
  return undefined
}

/** Whether it contains no wildcard; only such a filter brings retained messages on AWS. */
export const isExact = (filter: string): boolean => !/[+#]/.test(filter)

/**
 * Whether AWS delivers `topic` to a subscription of `filter`. MQTT's rule with AWS's deviation: `a/#` does not match `a`.
 * Wildcards in the first level never match a topic that starts with `$` [MQTT-4.7.2-1].
 */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return levels.length > index
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}

/**
 * Whether AWS lets clients use this reserved name so. `$aws/events/…` is subscribe-only, `$aws/rules/<rule>` is
 * publish-only. The other services behind `$aws/` (shadows, jobs, …) are not modelled here.
 * https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 */
export function reservedFault(name: string, use: 'publish' | 'subscribe', retain = false): string | undefined {
  if (!name.startsWith('$')) return undefined
  if (use === 'subscribe') {
    if (name.startsWith('$aws/events/')) return undefined
    const shared = parseShared(name)
    if (shared !== undefined) return reservedFault(shared.filter, use)
    return `${name} cannot be subscribed to: of the reserved topics, $aws/events/… and $share/… can be`
  }
  if (!BASIC_INGEST.test(name) && !/^\$aws\/rules\/[^/]+$/.test(name))
    return `${name} cannot be published to: of the reserved topics, $aws/rules/<rule> can be`
  return retain ? 'reserved topics take no retained messages' : undefined
}
