/**
 * AWS IoT Core's limits for topic names and topic filters.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
export const topicLimits = { bytes: 256, slashes: 7, shareNameCharacters: 128 } as const

/** Client IDs: at most so many bytes of UTF-8. */
export const clientIdBytes = 128

/**
 * Texts that no name may contain. An IAM `*` at the end of an ARN's part runs on past the colon, so `arn:aws:iot:*:*:topic/a`
 * also matches the ARN of a topic `x:topic/a`. Every session policy denies such names, and nobody can be granted one.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const reservedTexts = [':client/', ':topic/', ':topicfilter/'] as const

/** What any name breaks, as the end of a sentence; undefined when it is fine. MQTT 5 section 1.5.4. */
export function textFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'contains the null character'
  if (/\p{Surrogate}/u.test(name)) return 'is not valid Unicode'
  const reserved = reservedTexts.find((text) => name.includes(text))
  return reserved && `contains "${reserved}", which IAM could not tell from the text of an ARN`
}

/** What makes the text unusable as a topic name, or undefined. MQTT 5 section 4.7.3, and {@link topicLimits}. */
export function topicFault(topic: string): string | undefined {
  if (/[+#]/u.test(topic)) return 'contains a wildcard; a message has one topic'
  return textFault(topic) ?? sizeFault(topic)
}

/**
 * What makes the text unusable as a client ID, or undefined. The topic role denies what is refused here, so that nobody connects unseen.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html (client IDs with # or +)
 */
export function clientIdFault(clientId: string): string | undefined {
  const fault = textFault(clientId)
  if (fault) return fault
  if (/[#+]/u.test(clientId)) return 'contains "#" or "+"; AWS IoT sends no lifecycle events of such a client'
  const bytes = utf8Length(clientId)
  return bytes > clientIdBytes ? `has ${bytes} bytes; AWS IoT takes ${clientIdBytes}` : undefined
}

/** Size, counted as AWS does: without `$aws/rules/<rule>/` of Basic Ingest. */
export function sizeFault(name: string): string | undefined {
  const counted = name.replace(/^\$aws\/rules\/[^/]*\//u, '')
  const bytes = utf8Length(counted)
  if (bytes > topicLimits.bytes) return `has ${bytes} bytes; AWS IoT takes ${topicLimits.bytes}`
  const slashes = counted.split('/').length - 1
  if (slashes > topicLimits.slashes) return `has ${slashes} slashes; AWS IoT takes ${topicLimits.slashes}`
  return undefined
}

/** Bytes of UTF-8. Not by Node's `Buffer`: this is read in browsers, too. */
function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
