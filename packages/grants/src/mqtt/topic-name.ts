/**
 * AWS IoT Core's limits for topic names and topic filters.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
export const topicLimits = { bytes: 256, slashes: 7, shareNameCharacters: 128 } as const

/** Maximum length of a client ID in bytes of UTF-8. */
export const clientIdBytes = 128

/**
 * Strings that no name may contain. An IAM `*` at the end of a segment of an ARN also matches past the colon, so
 * `arn:aws:iot:*:*:topic/a` also matches the ARN of a topic `x:topic/a`. Every session policy denies such names, and none can be granted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const reservedTexts = [':client/', ':topic/', ':topicfilter/'] as const

/** Why the string is not a valid name of any kind, as the predicate of a sentence; undefined if it is valid. MQTT 5 section 1.5.4. */
export function textFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'contains the null character'
  if (/\p{Surrogate}/u.test(name)) return 'is not valid Unicode'
  const reserved = reservedTexts.find((text) => name.includes(text))
  return reserved && `contains "${reserved}", which IAM could read as part of an ARN`
}

/** Why the string is not a valid topic name, or undefined. MQTT 5 section 4.7.3, and {@link topicLimits}. */
export function topicFault(topic: string): string | undefined {
  if (/[+#]/u.test(topic)) return 'contains a wildcard; a message has one topic'
  return textFault(topic) ?? sizeFault(topic)
}

/**
 * Why the string is not a valid client ID, or undefined. The topic role denies the same IDs, so that every connection sends lifecycle events.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html (client IDs with # or +)
 */
export function clientIdFault(clientId: string): string | undefined {
  const fault = textFault(clientId)
  if (fault) return fault
  if (/[#+]/u.test(clientId)) return 'contains "#" or "+"; AWS IoT sends no lifecycle events for such a client'
  const bytes = utf8Length(clientId)
  return bytes > clientIdBytes ? `has ${bytes} bytes; the limit is ${clientIdBytes}` : undefined
}

/** Checks the size as AWS counts it: without `$aws/rules/<rule>/` of Basic Ingest. */
export function sizeFault(name: string): string | undefined {
  const counted = name.replace(/^\$aws\/rules\/[^/]*\//u, '')
  const bytes = utf8Length(counted)
  if (bytes > topicLimits.bytes) return `has ${bytes} bytes; the limit is ${topicLimits.bytes}`
  const slashes = counted.split('/').length - 1
  if (slashes > topicLimits.slashes) return `has ${slashes} slashes; the limit is ${topicLimits.slashes}`
  return undefined
}

/** Length in bytes of UTF-8. Does not use Node's `Buffer`, because browsers run this code too. */
function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
