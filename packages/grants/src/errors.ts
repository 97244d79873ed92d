import type { GrantKind, Grants } from './grants.js'

/** One entry of {@link Grants}: which list it stands in, and its text. */
export interface GrantReference {
  readonly kind: GrantKind
  readonly filter: string
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
export interface GrantErrorDetails {
  /** The offending value, as it was given. */
  readonly value?: unknown
  /** What to do about it, in one sentence. */
  readonly remedy: string
  /** The grants that are to blame: two that contradict each other, or those that cost the most characters. */
  readonly grants?: readonly GrantReference[]
  /** Grants that do compile, for a person to consider: they are wider than what was asked. Never applied by itself. */
  readonly suggestion?: Grants
  /** For `policy_too_large`: by how many characters. */
  readonly excess?: number
}

/** Grants that cannot be read, cannot be said exactly in IAM's language, or do not fit. */
export class GrantError extends Error {
  override readonly name = 'GrantError'
  readonly code: GrantErrorCode
  readonly value: unknown
  readonly remedy: string
  readonly grants: readonly GrantReference[]
  readonly suggestion?: Grants
  readonly excess?: number

  constructor(code: GrantErrorCode, message: string, details: GrantErrorDetails) {
    super(message)
    this.code = code
    this.value = details.value
    this.remedy = details.remedy
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
export class EntitlementError extends Error {
  override readonly name = 'EntitlementError'
  readonly code: EntitlementErrorCode
  /** The place in the file: `entitlements[1].subscribe[0]`. */
  readonly place: string
  /** The offending value: a key, a template, or what a claim holds. */
  readonly value: unknown
  readonly remedy: string

  constructor(
    code: EntitlementErrorCode,
    place: string,
    message: string,
    details: { readonly value?: unknown; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(`${place}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.place = place
    this.value = details.value
    this.remedy = details.remedy
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
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: RequestErrorCode
  readonly value: unknown
  readonly remedy: string

  constructor(code: RequestErrorCode, message: string, details: { readonly value?: unknown; readonly remedy: string }) {
    super(message)
    this.code = code
    this.value = details.value
    this.remedy = details.remedy
  }
}
