import { GrantError } from '../errors.js'
import type { TopicFilter } from '../grant-types.js'
import { sizeFault, textFault, topicLimits } from './topic-name.js'

/**
 * A parsed `$share/<group>/<filter>`; a plain filter has no group. A shared filter has its own `topicfilter/` ARN, and a member of a group takes
 * messages away from the others, so it is a grant of its own: neither a plain filter nor another group allows it. Its messages are received
 * under `topic/…`, as the plain filter's are.
 */
export interface Subscription {
  readonly group?: string
  readonly filter: string
}

/** Splits `$share/<group>/<filter>`. MQTT 5 section 4.8.2. */
export function parseSubscription(filter: string): Subscription {
  if (!filter.startsWith('$share/')) return { filter }
  const [, group, inner] = /^\$share\/([^/]*)\/(.*)$/su.exec(filter) ?? []
  return group === undefined || inner === undefined ? { filter } : { group, filter: inner }
}

/** Why the string is not a valid topic filter, as the predicate of a sentence; undefined if it is valid. */
export function filterFault(text: string): string | undefined {
  const fault = textFault(text)
  if (fault) return fault
  const { group, filter } = parseSubscription(text)
  return (group === undefined ? undefined : groupFault(group, filter)) ?? wildcardFault(filter) ?? sizeFault(filter)
}

/**
 * Validates a topic filter: MQTT's grammar (MQTT 5 sections 4.7.1 and 4.8.2) and AWS's limits (256 bytes of UTF-8, 7 slashes).
 *
 * @throws GrantError `invalid_topic_filter`, with the string as `value`
 * @example parseTopicFilter('devices/+/telemetry')
 */
export function parseTopicFilter(text: unknown): TopicFilter {
  if (typeof text !== 'string') {
    throw new GrantError('invalid_topic_filter', 'A topic filter must be a string.', {
      value: text,
      remedy: 'Write each grant as a string such as "devices/+/telemetry".',
    })
  }
  const fault = filterFault(text)
  if (fault) {
    throw new GrantError('invalid_topic_filter', `The topic filter ${JSON.stringify(text)} ${fault}.`, {
      value: text,
      remedy: 'Separate the levels by "/". "+" matches one level, a trailing "#" all levels below.',
    })
  }
  return text as TopicFilter
}

const shareForm = 'needs the form "$share/<group>/<filter>", with a group name without wildcards'

function groupFault(group: string, filter: string): string | undefined {
  if (group === '' || /[+#]/u.test(group) || filter === '' || filter.startsWith('$share/')) return shareForm
  if (group.length > topicLimits.shareNameCharacters) {
    return `has a group name of ${group.length} characters; the limit is ${topicLimits.shareNameCharacters}`
  }
  return undefined
}

function wildcardFault(filter: string): string | undefined {
  const levels = filter.split('/')
  if (levels[0] === '$share') return shareForm
  if (levels.some((level) => level.includes('+') && level !== '+')) {
    return 'has a "+" next to other characters in a level'
  }
  if (levels.some((level, index) => level.includes('#') && (level !== '#' || index < levels.length - 1))) {
    return 'has a "#" that is not the whole last level'
  }
  return undefined
}
