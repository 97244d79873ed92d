export type SignInErrorCode = 'claims_need_tokens' | 'foreign_issuer' | 'invalid_user' | 'no_callers' | 'reserved_claim'

/** A user cannot be signed in to the deployed API. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: SignInErrorCode
  readonly value: unknown
  readonly remedy: string

  constructor(message: string, { code, value, remedy }: { code: SignInErrorCode; value: unknown; remedy: string }) {
    super(message)
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}
