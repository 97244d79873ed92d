import { CodedError } from '@topic-credentials/grants'

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

/** The operation failed. Nothing was changed, except for `no_room` with an access table. */
export class RevocationError extends CodedError<RevocationErrorCode> {
  override readonly name = 'RevocationError'
}
