/** Why nobody is signed in. */
export type SignInErrorCode = 'claims_need_tokens' | 'foreign_issuer' | 'invalid_user' | 'no_callers' | 'reserved_claim'

/** The user cannot be signed in to what is deployed. */
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
