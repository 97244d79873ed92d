import type { Problem } from '@topic-credentials/grants'

/** All error codes of this client. Stable: programs can switch on them. The README's table explains each of them. */
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
  | 'part_not_loaded'
  | 'proxy_refused'
  | 'quota_exceeded'
  | 'refused'
  | 'request_failed'
  | 'session_closed'
  | 'timed_out'
  | 'tls_trust'
  | 'unreadable_payload'
  | 'user_changed'
  | 'vend_refused'
  | 'vendor_timed_out'
  | 'vendor_unavailable'

/** The fields of an error besides its message. */
export interface ErrorDetails {
  readonly code: ClientErrorCode
  /** The offending value: a topic, a URL, a client ID. Never a secret. */
  readonly value?: string
  /** What to do next, in one sentence. */
  readonly remedy: string
  readonly cause?: unknown
}

/**
 * The base class of all errors that this package throws deliberately.
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
    // Reading the stack releases the frames that the error has captured. Otherwise an error that was created in a callback of the SDK, and that
    // the program keeps, keeps the SDK's client, and with it the process, alive.
    void this.stack
  }
}

/** The grants do not cover the operation: detected before sending, or refused by the broker. */
export class NotGrantedError extends TopicCredentialsError {
  override readonly name = 'NotGrantedError'
  declare readonly code: 'not_granted'
  readonly operation: 'connect' | 'publish' | 'subscribe'
  /** True if the broker refused an operation that the grants allow: the policy behind them has changed. */
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

/** The vendor refused the request. The same request would be refused again. */
export class VendRefusedError extends TopicCredentialsError {
  override readonly name = 'VendRefusedError'
  readonly status: number
  /** The vendor's problem document, if it sent one. */
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

/** An error that a later retry may resolve. */
export class VendorBusyError extends TopicCredentialsError {
  override readonly name = 'VendorBusyError'
  /** The delay requested by the vendor, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Whether a quota of the vendor or of AWS is used up; false for other errors. */
  readonly throttled: boolean

  constructor(message: string, retryAfterMs: number | undefined, throttled: boolean) {
    super(message, {
      code: 'vendor_unavailable',
      remedy: 'This is usually temporary. If it persists, check the log and the alarms of the vending function.',
    })
    this.retryAfterMs = retryAfterMs
    this.throttled = throttled
  }
}

/** The local clock differs so much that AWS refuses its signatures. */
export class ClockSkewError extends TopicCredentialsError {
  override readonly name = 'ClockSkewError'
  /** The server's clock minus this machine's, in milliseconds. */
  readonly clockOffset: number

  constructor(clockOffset: number, server: string) {
    const minutes = Math.round(Math.abs(clockOffset) / 60_000)
    super(`This machine’s clock is ${minutes} minutes ${clockOffset > 0 ? 'behind' : 'ahead of'} that of ${server}`, {
      code: 'clock_skew',
      value: `${clockOffset} ms`,
      remedy: 'Set the clock: AWS only accepts signatures that are at most five minutes old.',
    })
    this.clockOffset = clockOffset
  }
}
