import type { Attributes } from '../item/attributes.js'

/** A condition of a write: the item is still the one that was read. */
export interface Expected {
  readonly version: number
  /** Undefined: there was none, or no item at all. */
  readonly writeId: string | undefined
}

/** What is asked of a table. {@link TableClient} asks DynamoDB. */
export interface Table {
  /**
   * The time by DynamoDB's clock, from its last answer: milliseconds since the epoch, up to a second and the answer's way behind. This
   * machine's until there was one.
   */
  now(): number
  /** Strongly consistent. Keys without an item are not in the answer. @throws AccessError */
  read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Attributes>>
  /**
   * Replaces an item that is still as expected. Answers whether it was. @throws AccessError; after `table_unavailable` it may have
   * been written all the same
   */
  put(item: Attributes, expected: Expected, signal?: AbortSignal): Promise<boolean>
  /** All items, page by page; not a snapshot. @throws AccessError */
  scan(signal?: AbortSignal): AsyncIterable<readonly Attributes[]>
}
