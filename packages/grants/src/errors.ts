import type { GrantReference, Grants } from './grant-types.js'

/** The fields of every error besides its message. */
export interface ErrorDetails {
  /** The offending value, as given. */
  readonly value?: unknown
  /** What to do about it. */
  readonly remedy: string
  readonly cause?: unknown
}

/** The shape of every error of these packages: `message` says what happened, `remedy` what to do. Switch on `code`, never on messages. */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code
  readonly value: unknown
  readonly remedy: string

  constructor(code: Code, message: string, { value, remedy, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}

/** Stable codes of {@link GrantError}. */
export type GrantErrorCode =
  | 'malformed_request'
  | 'unknown_key'
  | 'invalid_topic_filter'
  | 'too_many_grants'
  | 'invalid_user_id'
  | 'inexpressible_grants'
  | 'policy_too_large'

/** The fields of a {@link GrantError} besides its message. */
export interface GrantErrorDetails extends ErrorDetails {
  /** The grants at fault: two that contradict each other, or those that need the most characters. */
  readonly grants?: readonly GrantReference[]
  /** Grants that do compile but are wider than requested, for a person to consider. Never applied automatically. */
  readonly suggestion?: Grants
  /** For `policy_too_large`: the number of characters over the limit. */
  readonly excess?: number
}

/** Grants that cannot be read, that IAM cannot express exactly, or that do not fit one policy. */
export class GrantError extends CodedError<GrantErrorCode> {
  override readonly name = 'GrantError'
  readonly grants: readonly GrantReference[]
  readonly suggestion?: Grants
  readonly excess?: number

  constructor(code: GrantErrorCode, message: string, details: GrantErrorDetails) {
    super(code, message, details)
    this.grants = details.grants ?? []
    if (details.suggestion) this.suggestion = details.suggestion
    if (details.excess !== undefined) this.excess = details.excess
  }
}

/** Stable codes of {@link EntitlementError}. */
export type EntitlementErrorCode =
  | 'malformed_entitlements'
  | 'unknown_key'
  | 'empty_rule'
  | 'unknown_variable'
  | 'invalid_template'
  | 'inexpressible_rules'
  | 'ceiling_too_large'
  | 'unusable_value'

/** An entitlements file that cannot be used, or a caller's value that cannot be used in a template. */
export class EntitlementError extends CodedError<EntitlementErrorCode> {
  override readonly name = 'EntitlementError'
  /** The path in the file: `entitlements[1].subscribe[0]`. */
  readonly place: string

  constructor(code: EntitlementErrorCode, place: string, message: string, details: ErrorDetails) {
    super(code, `${place}: ${message}`, details)
    this.place = place
  }
}

/** Stable codes of {@link RequestError}. */
export type RequestErrorCode =
  | 'malformed_request'
  | 'unknown_key'
  | 'invalid_duration'
  | 'no_grants'
  | 'malformed_response'

/** A message that violates the wire contract. */
export class RequestError extends CodedError<RequestErrorCode> {
  override readonly name = 'RequestError'
}
