import type { GrantReference, Grants } from './grant-types.js'

/** What every error knows besides its sentence. */
export interface ErrorDetails {
  /** The offending value, as it was given. */
  readonly value?: unknown
  /** What to do about it, in one sentence. */
  readonly remedy: string
  readonly cause?: unknown
}

/** The shape of every error here: `message` says what happened, `remedy` what to do; switch on `code`, never on texts. */
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

/** What a {@link GrantError} knows besides its sentence. */
export interface GrantErrorDetails extends ErrorDetails {
  /** The grants that are to blame: two that contradict each other, or those that cost the most characters. */
  readonly grants?: readonly GrantReference[]
  /** Grants that do compile, for a person to consider: they are wider than what was asked. Never applied by itself. */
  readonly suggestion?: Grants
  /** For `policy_too_large`: by how many characters. */
  readonly excess?: number
}

/** Grants that cannot be read, cannot be said exactly in IAM's language, or do not fit. */
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

/** An entitlements file that cannot be used, or a caller's value that cannot be put into one of its templates. */
export class EntitlementError extends CodedError<EntitlementErrorCode> {
  override readonly name = 'EntitlementError'
  /** The place in the file: `entitlements[1].subscribe[0]`. */
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

/** A message of the wire contract that is not what the contract says. */
export class RequestError extends CodedError<RequestErrorCode> {
  override readonly name = 'RequestError'
}
