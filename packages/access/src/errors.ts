/**
 * - `invalid_key`: a name that cannot be a user, a group or a role of the table
 * - `unusable_item`: an item that cannot be read, so that nobody can tell what it forbids
 * - `invalid_grants`: grants that cannot be written: no topic filters, unknown variables, too many
 * - `beyond_ceiling`: grants that the stack's role does not reach
 * - `too_many_groups`: a user in more groups than one request can ask about
 * - `changed_meanwhile`: others wrote the item again and again, until the attempts were used up
 * - `table_unavailable`: the table did not answer in time, or not as DynamoDB does
 * - `table_throttled`: the table takes no more requests for now
 * - `table_refused`: the table refuses who asks: rights, credentials, or no such table
 */
export type AccessErrorCode =
  | 'invalid_key'
  | 'unusable_item'
  | 'invalid_grants'
  | 'beyond_ceiling'
  | 'too_many_groups'
  | 'changed_meanwhile'
  | 'table_unavailable'
  | 'table_throttled'
  | 'table_refused'

/** What the access table could not do, and why. */
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
