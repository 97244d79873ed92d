import { describe, expect, it } from '@jest/globals'
import { AccessError, groupKey, parseKey, userKey } from '@topic-credentials/access'
import { MemoryTable } from '@topic-credentials/access/testing'
import type { Rule } from '@topic-credentials/grants'
import { AccessAdmin } from './access-admin.js'
import { entryLine, parseEntry } from './entries.js'
import { importAccess } from './import-access.js'
import { whoReaches } from './who.js'

function admin(table = new MemoryTable()) {
  const beyond = ({ templates }: Rule) =>
    templates.filter(({ text }) => !/^(tenants|users)\//u.test(text)).map(({ kind, text }) => ({ kind, filter: text }))
  return { table, access: new AccessAdmin({ table, operator: async () => 'arn:operator', beyond }) }
}

function key(text: string) {
  const parsed = parseKey(text)
  if (parsed === undefined) throw new Error(text)
  return parsed
}

const none = { publish: [], subscribe: [], retain: [] }
const alice = key(userKey('alice'))

describe('the grants of one item', () => {
  it('are added and withdrawn without a change of the marks', async () => {
    const { table, access } = admin()
    table.items.set('user#alice', { pk: { S: 'user#alice' }, revoked: { N: '5' }, note: { S: 'kept' } })
    await access.grant({ key: alice, grants: { ...none, subscribe: ['tenants/a'] } })
    const item = await access.grant({ key: alice, grants: { ...none, subscribe: ['tenants/b', 'tenants/a'] } })
    expect(item).toMatchObject({
      grants: { subscribe: ['tenants/a', 'tenants/b'] },
      revokedAt: 5,
      updatedBy: 'arn:operator',
    })
    await access.withdraw(alice, { ...none, subscribe: ['tenants/a', 'tenants/never'] })
    expect((await access.get(alice))?.grants).toEqual({ ...none, subscribe: ['tenants/b'] })
    await access.withdraw(alice, 'all')
    expect(await access.get(alice)).toMatchObject({ grants: none, revokedAt: 5 })
    expect(table.items.get('user#alice')).toMatchObject({ note: { S: 'kept' }, revoked: { N: '5' } })
  })

  it.each([
    [{ ...none, publish: ['tenants/#/x'] }, 'invalid_grants', 'tenants/#/x'],
    [{ ...none, publish: ['tenants/${user}'] }, 'invalid_grants', '${user}'],
    [{ ...none, publish: ['other/x'] }, 'beyond_ceiling', 'publish "other/x"'],
    [{ ...none, publish: Array.from({ length: 201 }, (_, index) => `tenants/${index}`) }, 'invalid_grants', '201'],
  ])('%j is refused with its name, and nothing is written', async (grants, code, name) => {
    const { table, access } = admin()
    await expect(access.grant({ key: alice, grants })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(name),
      remedy: expect.stringContaining('Nothing was written.'),
    })
    expect(table.items.size).toBe(0)
  })
})

describe('import', () => {
  const lines = [
    '{"user":"alice","publish":["tenants/a/#"]}',
    '',
    '{"user":"auth0|bob","subscribe":["users/${userId}/#"],"expiresAt":"2027-01-01T00:00:00Z"}',
    '{"group":"ops","retain":["tenants/+"]}',
  ].join('\n')

  it('replaces grants, can be repeated, and reads the output of export', async () => {
    const { table, access } = admin()
    await access.grant({ key: alice, grants: { ...none, subscribe: ['tenants/old'] } })
    expect(await importAccess(access, lines)).toEqual({ entries: 3 })
    const before = new Map(table.items)
    await importAccess(access, lines)
    expect(table.items).toEqual(before)
    const exported: unknown[] = []
    for await (const item of access.items()) exported.push(JSON.parse(entryLine(item) ?? 'null'))
    expect(exported).toEqual([
      { user: 'alice', publish: ['tenants/a/#'] },
      { user: 'auth0|bob', subscribe: ['users/${userId}/#'], expiresAt: '2027-01-01T00:00:00.000Z' },
      { group: 'ops', retain: ['tenants/+'] },
    ])
  })

  it.each([
    ['{"user":"carol","publish":["other/x"]}', 'beyond_ceiling', /line 5: user#carol: .*publish "other\/x"/u],
    ['{"user":"carol","publish":["a/#/b"]}', 'invalid_grants', /line 5: /u],
    ['{"user":"alice"}', 'invalid_grants', /line 5: user#alice is already in line 1/u],
    ['{"user":"carol","grants":[]}', 'invalid_grants', /unknown key "grants"/u],
    ['{"user":"carol","group":"ops"}', 'invalid_grants', /must name exactly one user, group or role/u],
    ['{"user":""}', 'invalid_grants', /line 5/u],
    ['{"role":"a/b"}', 'invalid_grants', /line 5/u],
    ['{"user":"carol","expiresAt":"soon"}', 'invalid_grants', /expiresAt is not a date/u],
    ['{"user":"carol","publish":"a"}', 'invalid_grants', /publish must be a list/u],
    ['null', 'invalid_grants', /not an object/u],
    ['{', 'invalid_grants', /not JSON/u],
  ])('writes nothing if one line is invalid: %s', async (bad, code, message) => {
    const { table, access } = admin()
    await expect(importAccess(access, `${lines}\n${bad}`)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(table.items.size).toBe(0)
    await importAccess(access, lines, { dryRun: true })
    expect(table.items.size).toBe(0)
  })

  it('reports the written entries after an interruption, and can be repeated', async () => {
    const { table, access } = admin()
    const many = Array.from({ length: 100 }, (_, index) => `{"user":"u${index}","publish":["tenants/${index}"]}`).join(
      '\n',
    )
    const put = table.put.bind(table)
    let writes = 0
    table.put = async (...args) => {
      writes += 1
      if (writes > 50) throw new AccessError('table_refused', 'No more.', { remedy: '' })
      return put(...args)
    }
    await expect(importAccess(access, many)).rejects.toMatchObject({
      code: 'table_refused',
      message: 'No more. The first 40 of 100 entries are written.',
      remedy: expect.stringContaining('again'),
    })
    table.put = put
    expect(await importAccess(access, many)).toEqual({ entries: 100 })
    expect(table.items.size).toBe(100)
  })
})

it('whoReaches finds users by their ID and groups by their templates, and no expired grants', async () => {
  const { access } = admin()
  const text = [
    '{"user":"alice","subscribe":["users/${userId}/#"]}',
    '{"user":"bob","subscribe":["users/${userId}/#"]}',
    '{"user":"old","subscribe":["users/alice/x"],"expiresAt":"2020-01-01T00:00:00Z"}',
    '{"group":"ops","publish":["users/+/x","tenants/${claims.tenant}/y"]}',
  ].join('\n')
  await importAccess(access, text)
  const reached: string[] = []
  for await (const { item, kind } of whoReaches(access, 'users/alice/x', Date.now()))
    reached.push(`${item.key.name} ${kind}`)
  expect(reached).toEqual(['alice subscribe', 'ops publish'])
  expect(parseEntry('{"group":"ops"}', 1).key).toEqual(parseKey(groupKey('ops')))
})
