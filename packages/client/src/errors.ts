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
  declare readonly code: ClientErrorCode
  declare readonly value: string | undefined
  declare readonly remedy: string

  constructor(message: string, { cause, ...details }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    Object.assign(this, details)
    // Reading the stack releases the frames that the error has captured. Otherwise an error that was created in a callback of the SDK, and that
    // the program keeps, keeps the SDK's client, and with it the process, alive.
    void this.stack
  }
}

/** The details of a class whose code is fixed, with its own fields. */
type Details<Kind, Fields extends keyof Kind> = Omit<ErrorDetails, 'code'> & Pick<Kind, Fields>

/** The grants do not cover the operation: detected before sending, or refused by the broker. */
export class NotGrantedError extends TopicCredentialsError {
  override readonly name = 'NotGrantedError'
  declare readonly code: 'not_granted'
  declare readonly operation: 'connect' | 'publish' | 'subscribe'
  /** True if the broker refused an operation that the grants allow: the policy behind them has changed. */
  declare readonly byBroker: boolean

  constructor(message: string, details: Details<NotGrantedError, 'operation' | 'byBroker'>) {
    super(message, { ...details, code: 'not_granted' })
  }
}

/** The vendor refused the request. The same request would be refused again. */
export class VendRefusedError extends TopicCredentialsError {
  override readonly name = 'VendRefusedError'
  declare readonly status: number
  /** The vendor's problem document, if it sent one. */
  declare readonly problem: Problem | undefined

  constructor(message: string, details: Details<VendRefusedError, 'status' | 'problem'>) {
    super(message, { ...details, code: 'vend_refused' })
  }
}

/** An error that a later retry may resolve. */
export class VendorBusyError extends TopicCredentialsError {
  override readonly name = 'VendorBusyError'
  /** The delay requested by the vendor, in milliseconds. */
  declare readonly retryAfterMs: number | undefined
  /** Whether a quota of the vendor or of AWS is used up; false for other errors. */
  declare readonly throttled: boolean

  constructor(message: string, details: Details<VendorBusyError, 'retryAfterMs' | 'throttled'>) {
    super(message, { ...details, code: 'vendor_unavailable' })
  }
}

/** The local clock differs so much that AWS refuses its signatures. */
export class ClockSkewError extends TopicCredentialsError {
  override readonly name = 'ClockSkewError'
  /** The server's clock minus this machine's, in milliseconds. */
  declare readonly clockOffset: number

  constructor(message: string, details: Details<ClockSkewError, 'clockOffset'>) {
    super(message, { ...details, code: 'clock_skew' })
  }
}
