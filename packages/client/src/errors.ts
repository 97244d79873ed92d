import type { Problem } from '@topic-credentials/grants'

/** Every way in which this client fails. Stable: programs switch on it. The README's table says what to do about each. */
export type ClientErrorCode =
  | 'aborted'
  | 'broker_timed_out'
  | 'buffer_overflow'
  | 'client_id_taken_over'
  | 'clock_skew'
  | 'connection_lost'
  | 'credentials_expired'
  | 'credentials_not_found'
  | 'credentials_timed_out'
  | 'endpoint_wrong'
  | 'grant_timed_out'
  | 'handshake_refused'
  | 'host_not_found'
  | 'insecure_context'
  | 'invalid_argument'
  | 'not_granted'
  | 'operation_timed_out'
  | 'proxy_refused'
  | 'quota_exceeded'
  | 'refused'
  | 'session_closed'
  | 'timed_out'
  | 'tls_trust'
  | 'unreadable_payload'
  | 'user_changed'
  | 'vend_refused'
  | 'vendor_timed_out'
  | 'vendor_unavailable'

/** What an error carries besides its sentence. */
export interface ErrorDetails {
  readonly code: ClientErrorCode
  /** The value that was refused: a topic, a URL, a client ID. Never a secret. */
  readonly value?: string
  /** One sentence: what to do next. */
  readonly remedy: string
  readonly cause?: unknown
}

/**
 * The base of everything this package throws on purpose.
 *
 * @example
 * try { await session.publish('other', 'x') } catch (error) {
 *   if (error instanceof TopicCredentialsError && error.code === 'not_granted') console.error(error.remedy)
 * }
 */
export class TopicCredentialsError extends Error {
  override readonly name: string = 'TopicCredentialsError'
  readonly code: ClientErrorCode
  readonly value: string | undefined
  readonly remedy: string

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.value = details.value
    this.remedy = details.remedy
  }
}

/** The grants do not cover what was asked: found here before anything was sent, or answered by the broker. */
export class NotGrantedError extends TopicCredentialsError {
  override readonly name = 'NotGrantedError'
  declare readonly code: 'not_granted'
  readonly operation: 'connect' | 'publish' | 'subscribe'
  /** True when the broker refused what our grants allow: the policy behind them has changed. */
  readonly byBroker: boolean

  constructor(
    message: string,
    details: Omit<ErrorDetails, 'code'> & { operation: 'connect' | 'publish' | 'subscribe'; byBroker: boolean },
  ) {
    super(message, { ...details, code: 'not_granted' })
    this.operation = details.operation
    this.byBroker = details.byBroker
  }
}

/** The vendor answered, and the answer was no. Asking again with the same words gives the same answer. */
export class VendRefusedError extends TopicCredentialsError {
  override readonly name = 'VendRefusedError'
  readonly status: number
  /** The vendor's own problem document, where it sent one. */
  readonly problem: Problem | undefined

  constructor(
    message: string,
    details: Omit<ErrorDetails, 'code'> & { status: number; problem?: Problem | undefined },
  ) {
    super(message, { ...details, code: 'vend_refused' })
    this.status = details.status
    this.problem = details.problem
  }
}

/** An answer that may be different next time. */
export class VendorBusyError extends TopicCredentialsError {
  override readonly name = 'VendorBusyError'
  /** How long the vendor asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** A quota of the vendor's, or of AWS's behind it, is used up. False for trouble of another kind. */
  readonly throttled: boolean

  constructor(message: string, retryAfterMs: number | undefined, throttled: boolean) {
    super(message, {
      code: 'vendor_unavailable',
      remedy: 'This passes by itself as a rule; if it does not, look at the vending function’s log and alarms.',
    })
    this.retryAfterMs = retryAfterMs
    this.throttled = throttled
  }
}

/** This machine's clock is so wrong that AWS refuses its signatures. */
export class ClockSkewError extends TopicCredentialsError {
  override readonly name = 'ClockSkewError'
  /** The server's clock minus this machine's, in milliseconds. */
  readonly clockOffset: number

  constructor(clockOffset: number, server: string) {
    const minutes = Math.round(Math.abs(clockOffset) / 60_000)
    super(`This machine’s clock is ${minutes} minutes ${clockOffset > 0 ? 'behind' : 'ahead of'} that of ${server}`, {
      code: 'clock_skew',
      value: `${clockOffset} ms`,
      remedy: 'Set the clock: AWS accepts signatures of the last five minutes only.',
    })
    this.clockOffset = clockOffset
  }
}

/** What MQTT cannot say. @param fault a property and its value's type: `contentType cannot be number` */
export function unsendable(fault: string): TopicCredentialsError {
  return new TopicCredentialsError(`The message cannot be sent: ${fault}`, {
    code: 'invalid_argument',
    value: fault,
    remedy: 'See MessageProperties.',
  })
}

/** @param name a property of MQTT 5 */
export function notInMqtt3(name: string): TopicCredentialsError {
  return new TopicCredentialsError(`MQTT 3.1.1 has no ${name}`, {
    code: 'invalid_argument',
    value: name,
    remedy: 'Connect with MQTT 5, or leave it out.',
  })
}

/** A wait that took too long. @param what in the words of the sentence: `The broker has not answered …` */
export function overdue(
  what: string,
  ms: number,
  details: Omit<ErrorDetails, 'value'> & { readonly value?: string },
): TopicCredentialsError {
  return new TopicCredentialsError(`${what} within ${ms / 1000} s`, { value: `${ms} ms`, ...details })
}

/** What is asked of a session that has ended. @param cause why it did, where it was not closed */
export function sessionClosed(cause: unknown): TopicCredentialsError {
  return new TopicCredentialsError('The session is closed', {
    code: 'session_closed',
    remedy: 'Connect again.',
    cause,
  })
}
