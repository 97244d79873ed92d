import { type ClientErrorCode, type ErrorDetails, TopicCredentialsError } from './errors.js'

/** @param name a property of MQTT 5 */
export function notInMqtt3(name: string): TopicCredentialsError {
  return new TopicCredentialsError(`MQTT 3.1.1 has no ${name}`, {
    code: 'invalid_argument',
    value: name,
    remedy: 'Connect with MQTT 5, or omit the property.',
  })
}

/** The error of a timeout. @param what beginning of the message: `The broker did not respond …` */
export function overdue(
  what: string,
  ms: number,
  details: Omit<ErrorDetails, 'value'> & { readonly value?: string },
): TopicCredentialsError {
  return new TopicCredentialsError(`${what} within ${ms / 1000} s`, { value: `${ms} ms`, ...details })
}

/** @param value the vendor's host, if it is known */
export function vendorOverdue(ms: number, value = `${ms} ms`): TopicCredentialsError {
  return overdue('The credential vendor did not respond', ms, {
    code: 'vendor_timed_out',
    value,
    remedy:
      'The client retries automatically. If it persists, check the network, then the log and the alarms of the vending function.',
  })
}

/** The broker did not respond to an operation. @param operation `the publish to` @param value the topic or topic filter */
export function operationOverdue(operation: string, value: string, ms: number): TopicCredentialsError {
  return overdue(`AWS IoT did not respond to ${operation} '${value}'`, ms, {
    code: 'operation_timed_out',
    value,
    remedy: 'See the interrupted events for the cause, or allow more time.',
  })
}

/** The error for calls on a session that has ended. @param cause why it ended, unless it was closed */
export function sessionClosed(cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError('The session is closed', {
    code: 'session_closed',
    remedy: 'Call connect again.',
    cause,
  })
}

/** Temporary errors of the vendor and of the connection to it: another call may succeed. */
const passing: ReadonlySet<ClientErrorCode> = new Set([
  'host_not_found',
  'part_not_loaded',
  'vendor_timed_out',
  'vendor_unavailable',
])

/** Whether a provider may have credentials later, although it has failed with this error. */
export function mayPass(error: unknown): boolean {
  return error instanceof TopicCredentialsError && passing.has(error.code)
}
