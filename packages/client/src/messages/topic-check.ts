import { TopicCredentialsError } from '../errors.js'

/**
 * Tells what can be no topic, or no topic filter, from what is not granted. [MQTT-4.7.1-1, -2, MQTT-4.7.3-1, -2, MQTT-3.3.2-2]
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function checkTopic(operation: 'publish' | 'subscribe', topic: string): void {
  const fault = operation === 'publish' ? topicFault(topic) : filterFault(topic)
  if (fault === undefined) return
  throw new TopicCredentialsError(`'${topic}' is no ${operation === 'publish' ? 'topic' : 'topic filter'}: ${fault}`, {
    code: 'invalid_argument',
    value: topic,
    remedy:
      operation === 'publish'
        ? 'Give one topic, such as devices/1/state.'
        : 'Give a filter such as devices/+/state or devices/#.',
  })
}

function topicFault(topic: string): string | undefined {
  if (topic === '') return 'it is empty'
  return /[+#]/u.test(topic) ? 'a message has one topic, without wildcards' : textFault(topic)
}

function filterFault(filter: string): string | undefined {
  if (filter === '') return 'it is empty'
  const levels = filter.split('/')
  if (levels.some((level) => level.includes('+') && level !== '+')) return '+ is a whole level'
  const hash = levels.findIndex((level) => level.includes('#'))
  if (hash >= 0 && (levels[hash] !== '#' || hash < levels.length - 1)) return '# is the whole last level'
  return textFault(filter)
}

function textFault(text: string): string | undefined {
  return text.includes('\0') ? 'it holds the character U+0000' : undefined
}
