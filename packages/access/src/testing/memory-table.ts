import { AccessError } from '../errors.js'
import { type Attributes, textOf, wholeNumberOf } from '../item/attributes.js'
import { partitionKey } from '../item/item.js'
import type { Expected, Table } from '../table/table.js'

/** For tests: a table in memory, with DynamoDB's consistency. `step` is awaited before and after each operation. */
export class MemoryTable implements Table {
  /** Several tables can share the items; each is then a separate writer. */
  readonly items: Map<string, Attributes>
  readonly step: (event: string) => Promise<void>
  #reads = 0
  /** Whether the response to this write is lost. */
  loses: () => boolean = () => false

  constructor(step: (event: string) => Promise<void> = async () => {}, items = new Map<string, Attributes>()) {
    this.step = step
    this.items = items
  }

  now(): number {
    return Date.now()
  }

  async read(keys: readonly string[]): Promise<ReadonlyMap<string, Attributes>> {
    await this.step('read')
    const found = keys.flatMap((key) => {
      const item = this.items.get(key)
      return item === undefined ? [] : [[key, item] as const]
    })
    await this.step('read answered')
    // DynamoDB returns items in any order.
    return new Map(this.#reads++ % 2 === 0 ? found : found.reverse())
  }

  async put(item: Attributes, { version, writeId }: Expected): Promise<boolean> {
    await this.step('put')
    const key = textOf(item[partitionKey]) ?? ''
    const before = this.items.get(key)
    const same = (wholeNumberOf(before?.version) ?? 0) === version && textOf(before?.writeId) === writeId
    if (same) this.items.set(key, item)
    await this.step('put answered')
    if (this.loses()) throw new AccessError('table_unavailable', 'The answer is lost.', { remedy: 'Try again.' })
    return same
  }

  async *scan(): AsyncGenerator<readonly Attributes[]> {
    await this.step('scan')
    yield [...this.items.values()]
  }
}
