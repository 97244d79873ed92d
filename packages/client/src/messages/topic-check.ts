import { TopicCredentialsError } from '../errors.js'

/**
 * Distinguishes invalid topics and topic filters from those that are not granted. [MQTT-4.7.1-1, -2, MQTT-4.7.3-1, -2, MQTT-3.3.2-2]
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function checkTopic(operation: 'publish' | 'subscribe', topic: string): void {
  const fault = operation === 'publish' ? topicFault(topic) : filterFault(topic)
  if (fault === undefined) return
  throw new TopicCredentialsError(
    `'${topic}' is not a valid ${operation === 'publish' ? 'topic' : 'topic filter'}: ${fault}`,
    {
      code: 'invalid_argument',
      value: topic,
      remedy:
        operation === 'publish'
          ? 'Use a topic such as devices/1/state.'
          : 'Use a filter such as devices/+/state or devices/#.',
    },
  )
}

function topicFault(topic: string): string | undefined {
  if (topic === '') return 'it is empty'
  return /[+#]/u.test(topic) ? 'a topic must not contain wildcards' : textFault(topic)
}

function filterFault(filter: string): string | undefined {
  if (filter === '') return 'it is empty'
  const levels = filter.split('/')
  if (levels.some((level) => level.includes('+') && level !== '+')) return '+ must be a whole level'
  const hash = levels.findIndex((level) => level.includes('#'))
  if (hash >= 0 && (levels[hash] !== '#' || hash < levels.length - 1)) return '# must be the whole last level'
  return textFault(filter)
}

function textFault(text: string): string | undefined {
  return text.includes('\0') ? 'it contains the character U+0000' : undefined
}
