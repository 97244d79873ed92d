import { CodedError } from '@topic-credentials/grants'

/**
 * - `invalid_key`: a name that cannot be a user, a group or a role of the table
 * - `unusable_item`: an item that is not valid; it could have been meant to forbid something
 * - `invalid_grants`: grants that cannot be stored: invalid topic filters, unknown variables, too many entries
 * - `beyond_ceiling`: grants that the stack's role does not cover
 * - `too_many_groups`: a user in more groups than one request can read
 * - `changed_meanwhile`: other writers changed the item during every attempt
 * - `interrupted`: the caller stopped an import between two writes
 * - `table_unavailable`: the table did not respond in time, or the response is not one of DynamoDB
 * - `table_throttled`: the table is throttling requests
 * - `table_refused`: the table refused the caller: missing permissions, invalid credentials, or no such table
 */
export type AccessErrorCode =
  | 'invalid_key'
  | 'unusable_item'
  | 'invalid_grants'
  | 'beyond_ceiling'
  | 'too_many_groups'
  | 'changed_meanwhile'
  | 'interrupted'
  | 'table_unavailable'
  | 'table_throttled'
  | 'table_refused'

/** A failed operation on the access table. `value` is the name, the key or the item that it concerns. */
export class AccessError extends CodedError<AccessErrorCode> {
  override readonly name = 'AccessError'
}
