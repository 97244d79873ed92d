import { type Decision, explainTopic, type Grants } from '@topic-credentials/grants/core'
import { NotGrantedError, TopicCredentialsError } from '../errors.js'
import { endedWithoutReason, inWords, notAuthorized, quotaExceeded, type ReasonCode } from '../support/reason-codes.js'
import { checkTopic } from './topic-check.js'

/** The user and its grants. */
interface Holder {
  readonly userId: string
  readonly grants: Grants
}

/** What the grants say of an operation; what is no topic or no filter is not allowed. */
export function decisionOn(
  grants: Grants,
  operation: 'publish' | 'subscribe',
  topic: string,
  retain = false,
): Decision {
  const request = operation === 'publish' ? { action: operation, topic, retain } : { action: operation, filter: topic }
  return explainTopic(grants, request)
}

/**
 * The error for an operation that the grants do not cover, with the operation, the grants and a remedy.
 *
 * @throws TopicCredentialsError `invalid_argument` if no grant can cover it, because it is not a valid topic or filter
 */
export function ungranted(
  { userId, grants }: Holder,
  operation: 'publish' | 'subscribe',
  topic: string,
  retain = false,
): NotGrantedError | undefined {
  checkTopic(operation, topic)
  const decision = decisionOn(grants, operation, topic, retain)
  if (decision.allowed) return undefined
  const said = `${userId} may not ${operation} to '${topic}': ${decision.reason}`
  return new NotGrantedError(`${said} Granted: ${describeGrants(grants)}.`, {
    operation,
    byBroker: false,
    value: topic,
    remedy: `Use a granted topic, or ask the operator to add '${topic}' to the entitlements.`,
  })
}

/** `publish a, b/#; subscribe c`, or `nothing`. */
export function describeGrants(grants: Grants): string {
  const parts = (['publish', 'subscribe', 'retain'] as const)
    .filter((kind) => grants[kind].length > 0)
    .map((kind) => `${kind} ${grants[kind].join(', ')}`)
  return parts.length === 0 ? 'nothing' : parts.join('; ')
}

/** What a reason code of SUBACK, UNSUBACK or PUBACK means, where it is a no. */
export function brokerRefusal(
  operation: 'publish' | 'subscribe' | 'unsubscribe',
  value: string,
  code: ReasonCode,
  mqtt: 3 | 5,
): TopicCredentialsError {
  const said = `AWS IoT refused to ${operation} '${value}': ${inWords(code)}`
  if (code === quotaExceeded) {
    return new TopicCredentialsError(said, {
      code: 'quota_exceeded',
      value,
      remedy: 'Stay within 50 subscriptions and 100 messages per second per connection.',
    })
  }
  // With MQTT 3.1.1 and with QoS 0, AWS IoT closes the connection for an unauthorized operation.
  const denied = code === notAuthorized || code === 0x80 || (code === endedWithoutReason && mqtt === 3)
  // UNSUBSCRIBE needs no permission.
  if (denied && operation !== 'unsubscribe') {
    return new NotGrantedError(said, {
      operation,
      byBroker: true,
      value,
      remedy:
        'The grants allow it, so the policy of the role or the credentials have changed: request new credentials.',
    })
  }
  return new TopicCredentialsError(said, {
    code: 'refused',
    value,
    remedy:
      'It is not sent again, because AWS IoT does not support it: check topic, size, options and the reserved topics ($aws/…).',
  })
}

/** The error for a QoS 0 message without a connection, or whose connection ended while it was in flight. */
export function notSent(topic: string, cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError(
    `Publishing to '${topic}' failed: ${cause instanceof Error ? cause.message : cause}`,
    {
      code: 'connection_lost',
      value: topic,
      remedy: 'Publish again, or use QoS 1, which waits for the next connection.',
      cause,
    },
  )
}
