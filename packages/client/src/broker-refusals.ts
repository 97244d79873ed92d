// The errors for the broker's refusals. This module is loaded when the first one is needed: see support/refusals.ts.
import { NotGrantedError, TopicCredentialsError } from './errors.js'
import {
  endedWithoutReason,
  firstRefusal,
  inHex,
  isThrottle,
  notAuthorized,
  quotaExceeded,
  type ReasonCode,
  unanswered,
} from './support/reason-codes.js'

/** The error for a reason code of SUBACK, UNSUBACK or PUBACK that is a refusal. */
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

/** The refusal of a CONNECT. */
export function connectRefused(code: ReasonCode, clientId: string): TopicCredentialsError {
  if (code === notAuthorized) return connectNotGranted(clientId)
  const throttled = isThrottle(code)
  return new TopicCredentialsError(`AWS IoT refused the connection as '${clientId}': ${inWords(code)}`, {
    code: throttled ? 'quota_exceeded' : 'refused',
    value: clientId,
    remedy: throttled
      ? 'Connect less often, or request a higher quota (Service Quotas, AWS IoT Core).'
      : 'Check the client ID, and topic, size and options of the last will, if there is one.',
  })
}

export function connectNotGranted(clientId: string): NotGrantedError {
  return new NotGrantedError(`AWS IoT does not allow these credentials to connect as '${clientId}'`, {
    operation: 'connect',
    byBroker: true,
    value: clientId,
    remedy:
      'The client ID must begin with the vended prefix, and the topic of a last will must be granted. If both are correct, the policy has changed.',
  })
}

export function tooSoon(clientId: string): TopicCredentialsError {
  return new TopicCredentialsError(
    `AWS IoT refused the connection of '${clientId}' because it came too soon after the last one`,
    {
      code: 'quota_exceeded',
      value: clientId,
      remedy:
        'The client retries within 12 s. Reconnect less often with one client ID, or use a different one for each connection.',
    },
  )
}

/** MQTT 5 §2.4, table 2-6, from 0x80 on. */
const words = `unspecified error
malformed packet
protocol error
implementation specific error
unsupported protocol version
client identifier not valid
bad user name or password
not authorized
server unavailable
server busy
banned
server shutting down
bad authentication method
keep alive timeout
session taken over
topic filter invalid
topic name invalid
packet identifier in use
packet identifier not found
receive maximum exceeded
topic alias invalid
packet too large
message rate too high
quota exceeded
administrative action
payload format invalid
retain not supported
QoS not supported
use another server
server moved
shared subscriptions not supported
connection rate exceeded
maximum connect time
subscription identifiers not supported
wildcard subscriptions not supported`.split('\n')

/** `topic name invalid (0x90)`. */
function inWords(code: ReasonCode): string {
  if (code === endedWithoutReason) return 'the connection was closed, twice, without a reason'
  if (code === unanswered) return 'no response, on two connections'
  return `${words[code - firstRefusal] ?? 'unknown reason'} (${inHex(code)})`
}
