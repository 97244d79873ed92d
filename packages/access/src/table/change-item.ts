import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { AccessError } from '../errors.js'
import { type Attributes, numberAttribute, textAttribute, textOf, wholeNumberOf } from '../item/attributes.js'
import { partitionKey } from '../item/item.js'
import type { Expected, Table } from './table.js'

export interface ChangeOptions {
  /** Maximum number of attempts when other writers interfere. Default 20. */
  readonly attempts?: number
  /** Waits before the next attempt; replaced in tests. */
  readonly pause?: (attempt: number) => Promise<void>
}

/**
 * Changes one item atomically: reads it, applies `change`, and writes the result on condition that the item has not changed since. If it
 * has, the procedure starts again. If the response to a write is lost, the next read shows whether the write succeeded.
 *
 * @param change Returns undefined to leave the item unchanged. `version` and `writeId` are set here.
 *   It is called after the item was read, so the data that it reads itself is not older than the item.
 * @returns the current item, and whether it was written
 * @throws AccessError; `changed_meanwhile` if other writers changed the item during every attempt
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
      // The write can have succeeded nevertheless; the next read shows whether it did.
      if (!(error instanceof AccessError) || !/^table_(unavailable|throttled)$/u.test(error.code)) throw error
      if (attempt === attempts) throw error
    }
  }
  const message = `The item ${JSON.stringify(key)} was changed by other writers during all ${attempts} attempts to write it.`
  throw new AccessError('changed_meanwhile', message, { value: key, remedy: 'Run the command again.' })
}

function expectedOf(before: Attributes | undefined): Expected {
  return { version: wholeNumberOf(before?.version) ?? 0, writeId: textOf(before?.writeId) }
}

async function randomPause(attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(20 * 2 ** attempt, 1000))
}
