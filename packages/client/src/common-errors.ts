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

/** The error for calls on a session that has ended. @param cause why it ended, unless it was closed */
export function sessionClosed(cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError('The session is closed', {
    code: 'session_closed',
    remedy: 'Call connect again.',
    cause,
  })
}

/** Errors of the vendor and of the way to it after which another call may succeed. */
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
