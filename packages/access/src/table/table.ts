import type { Attributes } from '../item/attributes.js'

/** The condition of a write: the item is unchanged since it was read. */
export interface Expected {
  readonly version: number
  /** Undefined: the item had none, or there was no item. */
  readonly writeId: string | undefined
}

/** The operations of the table. {@link TableClient} implements them with DynamoDB. */
export interface Table {
  /**
   * DynamoDB's time from its last response, in milliseconds since the epoch; it lags by up to a second plus the latency of the response.
   * Before the first response, it is the local time.
   */
  now(): number
  /** Strongly consistent. Keys without an item are missing from the result. @throws AccessError */
  read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Attributes>>
  /**
   * Replaces an item if it is unchanged. Returns whether it was. @throws AccessError; after `table_unavailable`, it is unknown whether the
   * item was written
   */
  put(item: Attributes, expected: Expected, signal?: AbortSignal): Promise<boolean>
  /** All items, page by page; not a consistent snapshot. @throws AccessError */
  scan(signal?: AbortSignal): AsyncIterable<readonly Attributes[]>
}
