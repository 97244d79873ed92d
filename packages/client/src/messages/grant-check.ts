import { explainTopic, type Grants } from '@topic-credentials/grants/core'
import { NotGrantedError, TopicCredentialsError } from '../errors.js'
import { endedWithoutReason, inWords, notAuthorized, quotaExceeded, type ReasonCode } from '../support/reason-codes.js'
import { checkTopic } from './topic-check.js'

/** Whose grants are asked for. */
interface Holder {
  readonly userId: string
  readonly grants: Grants
}

/**
 * The error where the grants do not cover an operation: what was asked, what is granted, what to do.
 *
 * @throws TopicCredentialsError `invalid_argument` for what no grant can cover: it is not a topic, or not a filter
 */
export function ungranted(
  { userId, grants }: Holder,
  operation: 'publish' | 'subscribe',
  topic: string,
  retain = false,
): NotGrantedError | undefined {
  checkTopic(operation, topic)
  const request = operation === 'publish' ? { action: operation, topic, retain } : { action: operation, filter: topic }
  const decision = explainTopic(grants, request)
  if (decision.allowed) return undefined
  const said = `${userId} may not ${operation} to '${topic}': ${decision.reason}`
  return new NotGrantedError(`${said} Granted: ${describeGrants(grants)}.`, {
    operation,
    byBroker: false,
    value: topic,
    remedy: `Use a topic that is granted, or have '${topic}' added to the entitlements and the stack deployed again.`,
  })
}

/** `publish a, b/#; subscribe c`, or `nothing`. */
export function describeGrants(grants: Grants): string {
  const parts = (['publish', 'subscribe', 'retain'] as const)
    .filter((kind) => grants[kind].length > 0)
    .map((kind) => `${kind} ${grants[kind].join(', ')}`)
  return parts.length === 0 ? 'nothing' : parts.join('; ')
}

/** What a reason code of SUBACK or PUBACK means, where it is a no. */
export function brokerRefusal(
  operation: 'publish' | 'subscribe',
  value: string,
  code: ReasonCode,
  mqtt: 3 | 5,
): TopicCredentialsError {
  const said = `AWS IoT refused to ${operation} '${value}': ${inWords(code)}`
  if (code === quotaExceeded) {
    return new TopicCredentialsError(said, {
      code: 'quota_exceeded',
      value,
      remedy: 'Send less or subscribe to less: 50 subscriptions and 100 messages a second per connection.',
    })
  }
  // Over MQTT 3.1.1, and for QoS 0, hanging up is how AWS IoT says that something is not authorized.
  if (code === notAuthorized || code === 0x80 || (code === endedWithoutReason && mqtt === 3)) {
    return new NotGrantedError(said, {
      operation,
      byBroker: true,
      value,
      remedy: 'The grants allow it, so the role’s policy or the credentials behind them have changed: vend again.',
    })
  }
  return new TopicCredentialsError(said, {
    code: 'refused',
    value,
    remedy:
      'It is not sent again. AWS IoT does not support it: look at topic, size and options, and at the reserved topics ($aws/…).',
  })
}

/** There was no connection for a message with QoS 0, or it ended while the message was on its way. */
export function notSent(topic: string, cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError(
    `Publishing to '${topic}' failed: ${cause instanceof Error ? cause.message : cause}`,
    {
      code: 'connection_lost',
      value: topic,
      remedy: 'Publish with QoS 1, which waits for the connection to come back, or publish again.',
      cause,
    },
  )
}
