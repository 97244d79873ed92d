/**
 * - `invalid_user`: no user ID, or one that could also be a session name
 * - `foreign_client_id`: a client ID that belongs to another user
 * - `foreign_policy`: the role has a policy with this name that was not written by this package
 * - `no_room`: the role's inline policies cannot hold one more entry
 * - `unknown_vendor`: the topic role trusts a principal that this package cannot prevent from vending
 * - `invalid_date`: a date that cannot be read
 * - `invalid_file`: a given file cannot be read, or does not have the expected format
 * - `needs_table`: the operation requires an access table, and the stack has none
 * - `no_stack`: no stack was found
 */
export type RevocationErrorCode =
  | 'invalid_user'
  | 'foreign_client_id'
  | 'foreign_policy'
  | 'no_room'
  | 'unknown_vendor'
  | 'invalid_date'
  | 'invalid_file'
  | 'needs_table'
  | 'no_stack'

/** The operation failed and nothing was changed. */
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
