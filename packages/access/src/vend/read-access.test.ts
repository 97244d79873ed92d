import { describe, expect, it } from '@jest/globals'
import { AccessError } from '../errors.js'
import type { Attributes } from '../item/attributes.js'
import { MemoryTable } from '../testing/memory-table.js'
import { lastKnown } from './last-known.js'
import { mostGroups, readAccess } from './read-access.js'

function table(items: Readonly<Record<string, Attributes>>) {
  const made = new MemoryTable()
  for (const [key, attributes] of Object.entries(items)) made.items.set(key, { pk: { S: key }, ...attributes })
  return made
}

function question(groups: readonly string[] = [], role?: string) {
  return { userId: 'alice', groups, role }
}

describe('readAccess', () => {
  const some = table({
    'user#alice': { publish: { L: [{ S: 'a' }] }, signedOutAt: { N: '5' } },
    'group#ops': { subscribe: { L: [{ S: 'b' }] }, signedOutAt: { N: '7' } },
    'role#Dev': { revoked: { N: '1' } },
    'group#user#bob': { publish: { L: [{ S: 'own' }] } },
    'user#bob': { publish: { L: [{ S: 'bobs' }] } },
  })

  it('reads the items of the user, the role and the groups, each once', async () => {
    const answer = await readAccess(some, question(['ops', 'none', 'ops']))
    expect(answer.items.map(({ key }) => key.name)).toEqual(['alice', 'ops'])
    expect(answer).toMatchObject({ revokedBy: undefined, signedOutAt: 7, droppedGroups: [] })
    expect((await readAccess(some, question([], 'Dev'))).revokedBy?.key).toEqual({ kind: 'role', name: 'Dev' })
  })

  it('reads a group with the name of a user as a group', async () => {
    const { items } = await readAccess(some, question(['user#bob']))
    expect(items.map(({ grants }) => grants.publish)).toEqual([['a'], ['own']])
  })

  it('drops groups that cannot be a key, and returns their names', async () => {
    const groups = ['', 'x'.repeat(1025), '\ud800', 'ops']
    expect(await readAccess(some, question(groups))).toMatchObject({
      droppedGroups: groups.slice(0, 3),
      signedOutAt: 7,
    })
  })

  it('refuses more groups than one request can read', async () => {
    const groups = Array.from({ length: mostGroups }, (_, index) => `g${index}`)
    await readAccess(some, question([...groups, ...groups], 'Other'))
    await expect(readAccess(some, question([...groups, 'one more']))).rejects.toMatchObject({
      code: 'too_many_groups',
      value: mostGroups + 1,
    })
  })

  it('refuses an invalid item', async () => {
    const poisoned = table({ 'group#ops': { publish: { S: '#' } } })
    await expect(readAccess(poisoned, question(['ops']))).rejects.toMatchObject({ code: 'unusable_item' })
    await expect(readAccess(poisoned, question())).resolves.toMatchObject({ items: [] })
  })
})

describe('lastKnown', () => {
  const clock = { at: 0, now: () => clock.at }

  it('returns earlier reads for the given seconds if the table does not respond, and never unread items', async () => {
    clock.at = 0
    const inner = table({ 'user#alice': {} })
    let code: 'table_unavailable' | 'table_refused' | undefined
    const failing = {
      read: async (keys: readonly string[]) => {
        if (code !== undefined) throw new AccessError(code, 'no', { remedy: '' })
        return inner.read(keys)
      },
    }
    const cached = lastKnown(failing, 30, clock.now)
    expect([...(await cached.read(['user#alice', 'group#x'])).keys()]).toEqual(['user#alice'])
    code = 'table_unavailable'
    clock.at = 29_999
    expect([...(await cached.read(['user#alice', 'group#x'])).keys()]).toEqual(['user#alice'])
    await expect(cached.read(['user#alice', 'group#y'])).rejects.toMatchObject({ code })
    clock.at = 30_000
    await expect(cached.read(['user#alice'])).rejects.toMatchObject({ code })
    clock.at = 1
    code = 'table_refused'
    await expect(cached.read(['user#alice'])).rejects.toMatchObject({ code })
  })

  it('reads the table each time while it responds, and caches nothing with 0 seconds', async () => {
    const inner = table({ 'user#alice': {} })
    const cached = lastKnown(inner, 30, clock.now)
    expect((await cached.read(['user#alice'])).size).toBe(1)
    inner.items.clear()
    expect((await cached.read(['user#alice'])).size).toBe(0)
    expect(lastKnown(inner, 0)).toBe(inner)
  })
})
