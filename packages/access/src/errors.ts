/**
 * - `invalid_key`: a name that cannot be a user, a group or a role of the table
 * - `unusable_item`: an item that is not valid, so that it is unknown what it forbids
 * - `invalid_grants`: grants that cannot be stored: invalid topic filters, unknown variables, too many entries
 * - `beyond_ceiling`: grants that the stack's role does not cover
 * - `too_many_groups`: a user in more groups than one request can read
 * - `changed_meanwhile`: other writers changed the item during every attempt
 * - `interrupted`: the caller ended an import between two writes
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

/** A failed operation on the access table. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: AccessErrorCode
  /** The offending value: a name, a key, an item. */
  readonly value: unknown
  readonly remedy: string

  constructor(
    code: AccessErrorCode,
    message: string,
    { value, remedy, cause }: { readonly value?: unknown; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}
