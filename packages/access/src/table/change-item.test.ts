import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Attributes, numberAttribute, wholeNumberOf } from '../item/attributes.js'
import { MemoryTable } from '../testing/memory-table.js'
import { changeItem } from './change-item.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const now = { pause: async () => {} }

function increment(item: Attributes | undefined): Attributes {
  return { ...item, count: numberAttribute((wholeNumberOf(item?.count) ?? 0) + 1) }
}

describe('changeItem', () => {
  it(`applies each change exactly once, in any order and with lost responses (SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
        async (scheduler, writers, lost) => {
          const table = new MemoryTable(() => scheduler.schedule(Promise.resolve()))
          table.loses = () => lost.pop() ?? false
          const changes = Array.from({ length: writers }, () =>
            changeItem(table, 'user#alice', increment, { ...now, attempts: 200 }),
          )
          await scheduler.waitFor(Promise.all(changes))
          const item = table.items.get('user#alice')
          // If the response is lost and the item changes again before the next read, the writer cannot recognize its write and repeats it.
          const count = wholeNumberOf(item?.count) ?? 0
          expect(count).toBeGreaterThanOrEqual(writers)
          expect(wholeNumberOf(item?.version)).toBe(count)
          if (lost.length === 50) expect(count).toBe(writers)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('writes nothing without a change, and gives up with the key in the error', async () => {
    const table = new MemoryTable()
    expect(await changeItem(table, 'user#a', () => undefined)).toEqual({ item: undefined, written: false })
    expect(table.items.size).toBe(0)
    const busy = new MemoryTable()
    busy.put = async () => false
    await expect(changeItem(busy, 'user#a', increment, { ...now, attempts: 3 })).rejects.toMatchObject({
      code: 'changed_meanwhile',
      value: 'user#a',
    })
  })

  it('changes an item that was created by hand', async () => {
    const table = new MemoryTable()
    table.items.set('user#a', { pk: { S: 'user#a' }, publish: { L: [] } })
    const { item } = await changeItem(table, 'user#a', increment)
    expect(item).toMatchObject({ version: { N: '1' }, publish: { L: [] } })
  })
})
