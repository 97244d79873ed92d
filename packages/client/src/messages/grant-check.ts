import { coversFilter, filterFault, type Grants, matches, topicFault } from '@topic-credentials/grants/core'
import { NotGrantedError, TopicCredentialsError } from '../errors.js'

/** The user and its grants. */
interface Holder {
  readonly userId: string
  readonly grants: Grants
}

/** Whether the grants allow an operation; an invalid topic or filter is not allowed. */
export function allows(grants: Grants, operation: 'publish' | 'subscribe', topic: string, retain = false): boolean {
  if (faultOf(operation, topic) !== undefined) return false
  if (operation === 'subscribe') return grants.subscribe.some((given) => coversFilter(given, topic))
  const lists = retain ? [grants.publish, grants.retain] : [grants.publish]
  return lists.every((list) => list.some((given) => matches(given, topic)))
}

function faultOf(operation: 'publish' | 'subscribe', topic: string): string | undefined {
  return operation === 'publish' ? topicFault(topic) : filterFault(topic)
}

/**
 * Checks whether AWS IoT accepts a topic or topic filter, independently of the grants.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function checkTopic(operation: 'publish' | 'subscribe', topic: string): void {
  const fault = faultOf(operation, topic)
  if (fault === undefined) return
  const [what, example] =
    operation === 'publish' ? ['topic', 'devices/1/state'] : ['topic filter', 'devices/+/state or devices/#']
  throw new TopicCredentialsError(`'${topic}' is not a valid ${what}: it ${fault}`, {
    code: 'invalid_argument',
    value: topic,
    remedy: `Use a ${what} such as ${example}.`,
  })
}

/**
 * The error for an operation that the grants do not cover, with the operation, the grants and a remedy.
 *
 * @throws TopicCredentialsError `invalid_argument` if no grant can cover it, because AWS IoT does not accept the topic or filter
 */
export function ungranted(
  { userId, grants }: Holder,
  operation: 'publish' | 'subscribe',
  topic: string,
  retain = false,
): NotGrantedError | undefined {
  checkTopic(operation, topic)
  if (allows(grants, operation, topic, retain)) return undefined
  const kind = retain ? 'retain messages on' : `${operation} to`
  return new NotGrantedError(`${userId} may not ${kind} '${topic}'. Granted: ${describeGrants(grants)}.`, {
    operation,
    byBroker: false,
    value: topic,
    remedy: `Use a granted topic, or ask the operator to add '${topic}' to the entitlements.`,
  })
}

/** `publish a, b/#; subscribe c`, or `nothing`. */
export function describeGrants(grants: Grants): string {
  const parts = (['publish', 'subscribe', 'retain'] as const).map(
    (kind) => grants[kind].length > 0 && `${kind} ${grants[kind].join(', ')}`,
  )
  return parts.filter(Boolean).join('; ') || 'nothing'
}

/** The error for a QoS 0 message without a connection, or whose connection ended while it was in flight. */
export function notSent(topic: string, cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError(
    `Publishing to '${topic}' failed: ${cause instanceof Error ? cause.message : cause}`,
    {
      code: 'connection_lost',
      value: topic,
      remedy: 'Publish again, or with QoS 1, which waits for a connection.',
      cause,
    },
  )
}
