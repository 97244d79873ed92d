import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { AccessError } from '../errors.js'
import { type Attributes, numberAttribute, textAttribute, textOf, wholeNumberOf } from '../item/attributes.js'
import { partitionKey } from '../item/item.js'
import type { Expected, Table } from './table.js'

export interface ChangeOptions {
  /** How often others may come between. Default 20. */
  readonly attempts?: number
  /** Waits before the next attempt; for tests. */
  readonly pause?: (attempt: number) => Promise<void>
}

/**
 * Changes one item as if nobody else were there: reads it, and writes what `change` makes of it if it is still what was read; else
 * from the start. An answer that is lost is no question: the item itself says whether it was written.
 *
 * @param change Undefined leaves the item alone. Its `version` and `writeId` are set here. What it reads is as new as the item, or newer.
 * @returns the item as it stands, and whether it was written
 * @throws AccessError; `changed_meanwhile` when others came between each time
 */
export async function changeItem(
  table: Table,
  key: string,
  change: (item: Attributes | undefined) => Attributes | undefined | Promise<Attributes | undefined>,
  { attempts = 20, pause = randomPause }: ChangeOptions = {},
): Promise<{ readonly item: Attributes | undefined; readonly written: boolean }> {
  const ours = new Set<string>()
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await pause(attempt - 1)
    const before = (await table.read([key])).get(key)
    if (before !== undefined && ours.has(textOf(before.writeId) ?? '')) return { item: before, written: true }
    const after = await change(before)
    if (after === undefined) return { item: before, written: false }
    const expected = expectedOf(before)
    const writeId = randomUUID()
    const item = {
      ...after,
      [partitionKey]: textAttribute(key),
      version: numberAttribute(expected.version + 1),
      writeId: textAttribute(writeId),
    }
    ours.add(writeId)
    try {
      if (await table.put(item, expected)) return { item, written: true }
    } catch (error) {
      // It may have been written: the next read tells.
      if (!(error instanceof AccessError) || !/^table_(unavailable|throttled)$/u.test(error.code)) throw error
      if (attempt === attempts) throw error
    }
  }
  const message = `The item ${JSON.stringify(key)} was changed by others ${attempts} times while it was to be written.`
  throw new AccessError('changed_meanwhile', message, { value: key, remedy: 'Run the command again.' })
}

function expectedOf(before: Attributes | undefined): Expected {
  return { version: wholeNumberOf(before?.version) ?? 0, writeId: textOf(before?.writeId) }
}

async function randomPause(attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(20 * 2 ** attempt, 1000))
}
