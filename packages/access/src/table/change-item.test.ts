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
  it(`loses and repeats nothing, in whatever order, with answers lost (SEED=${seed})`, async () => {
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
          // An answer that is lost, and the item changed again before the writer looked: then it cannot know, and adds again.
          const count = wholeNumberOf(item?.count) ?? 0
          expect(count).toBeGreaterThanOrEqual(writers)
          expect(wholeNumberOf(item?.version)).toBe(count)
          if (lost.length === 50) expect(count).toBe(writers)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('writes nothing when there is nothing to change, and gives up by name', async () => {
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

  it('takes over what was written by hand', async () => {
    const table = new MemoryTable()
    table.items.set('user#a', { pk: { S: 'user#a' }, publish: { L: [] } })
    const { item } = await changeItem(table, 'user#a', increment)
    expect(item).toMatchObject({ version: { N: '1' }, publish: { L: [] } })
  })
})
