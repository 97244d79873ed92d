/**
 * - `invalid_user`: no user ID, or one that could also be meant as a session name
 * - `foreign_client_id`: a client ID that belongs to another user
 * - `foreign_policy`: the role has a policy of this name that was not written here
 * - `no_room`: the role's inline policies cannot hold one more entry
 * - `unknown_vendor`: the topic role trusts somebody who cannot be kept from vending
 * - `needs_table`: the stack has no access table, and IAM alone cannot do it
 * - `no_stack`: nothing to revoke at
 */
export type RevocationErrorCode =
  | 'invalid_user'
  | 'foreign_client_id'
  | 'foreign_policy'
  | 'no_room'
  | 'unknown_vendor'
  | 'needs_table'
  | 'no_stack'

/** Nothing was changed, and why. */
export class RevocationError extends Error {
  override readonly name = 'RevocationError'
  readonly code: RevocationErrorCode
  /** The offending value. */
  readonly value: unknown
  /** What to do. */
  readonly remedy: string

  constructor(code: RevocationErrorCode, message: string, { value, remedy }: { value?: unknown; remedy: string }) {
    super(message)
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}
