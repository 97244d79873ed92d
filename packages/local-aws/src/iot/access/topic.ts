import type { Limits } from './limits.js'

const sharedFilter = /^\$share\/([^/+#]{1,128})\/(.+)$/su
const basicIngest = /^\$aws\/rules\/[^/]+\//u

/** The parts of `$share/<group>/<filter>`, or undefined if it is not well formed. */
export function parseShared(filter: string): { readonly group: string; readonly filter: string } | undefined {
  const [, group, inner] = sharedFilter.exec(filter) ?? []
  return group === undefined || inner === undefined ? undefined : { group, filter: inner }
}

/** Why this cannot be the topic of a PUBLISH, or undefined. [MQTT-3.3.2-2], [MQTT-4.7.3-1], [MQTT-1.5.4-2] */
export function topicFault(topic: string, limits: Limits): string | undefined {
  if (topic === '') return 'the topic is empty'
  if (/[+#]/u.test(topic)) return 'a topic cannot contain the wildcards + and #'
  return lengthFault(topic.startsWith('$') ? topic.replace(basicIngest, '') : topic, limits)
}

/** Why this cannot be a topic filter, or undefined. [MQTT-4.7.1-1] to [MQTT-4.7.3-1], [MQTT-4.8.2-1] */
export function filterFault(filter: string, limits: Limits): string | undefined {
  if (filter === '') return 'the topic filter is empty'
  const shared = filter.startsWith('$share/') ? parseShared(filter) : undefined
  if (filter.startsWith('$share/') && shared === undefined) {
    return 'a shared subscription is $share/<group>/<filter>, with a group of 1 to 128 characters without / + #'
  }
  const levels = (shared?.filter ?? filter).split('/')
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1)) {
      return '# stands alone in the last level of a topic filter'
    }
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

/** Whether it contains no wildcard; on AWS, only such a filter receives retained messages. */
export function isExact(filter: string): boolean {
  return !/[+#]/u.test(filter)
}
