import { describe, expect, it } from '@jest/globals'
import { AccessError, type Attributes, lastKnown } from '@topic-credentials/access'
import { MemoryTable } from '@topic-credentials/access/testing'
import { parseEntitlements, reachOf } from '@topic-credentials/grants'
import type { StsSessionRequest } from '../sts/assume-role.js'
import { type Vendor, vend } from '../vend.js'
import { allOf } from './source.js'
import { tableSource } from './table-source.js'

const file = parseEntitlements({ entitlements: [{ publish: ['test'], subscribe: ['users/${userId}/#'] }] })
const devRole = 'arn:aws:sts::123456789012:assumed-role/Dev/x'

function list(...texts: string[]) {
  return { L: texts.map((text) => ({ S: text })) }
}

function vendorWith(items: Readonly<Record<string, object>>, more: Partial<Vendor> = {}) {
  const table = new MemoryTable()
  for (const [key, attributes] of Object.entries(items))
    table.items.set(key, { pk: { S: key }, ...attributes } as Attributes)
  const asked: StsSessionRequest[] = []
  const vendor: Vendor = {
    roleArn: 'arn:aws:iam::123456789012:role/topics',
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '123456789012',
    endpoint: 'e',
    dense: true,
    entitlements: file,
    reach: reachOf(file, ['tenants/+/#']),
    access: allOf([tableSource(table, 'groups', () => 1000)]),
    assumeRole: async (request) => {
      asked.push(request)
      return { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0), packedPolicySize: 1 }
    },
    ...more,
  }
  const ask = (
    userId: string,
    { groups, provenBy, ...request }: { groups?: unknown; provenBy?: string; subscribe?: never } = {},
  ) =>
    vend(
      { userId, claims: groups === undefined ? {} : { groups }, ...(provenBy === undefined ? {} : { provenBy }) },
      request,
      vendor,
    )
  return { table, vendor, ask, asked }
}

describe('the access table', () => {
  const items = {
    'user#alice': { subscribe: list('tenants/a/#') },
    'group#ops': { subscribe: list('tenants/+/alerts', 'users/${userId}/#') },
    'group#old': { subscribe: list('tenants/old'), expiresAt: { N: '1000' } },
    'role#Dev': { publish: list('tenants/dev/x') },
  }

  it('adds grants to the file for the user, its groups and its role, and for no other user', async () => {
    const { ask, vendor } = vendorWith(items)
    const own = ['users/alice/#']
    expect((await ask('alice')).grants).toEqual({ publish: ['test'], subscribe: [...own, 'tenants/a/#'], retain: [] })
    expect((await ask('bob', { groups: ['ops', 'ops', '', 'old'] })).grants.subscribe).toEqual([
      'users/bob/#',
      'tenants/+/alerts',
    ])
    expect((await ask('bob', { groups: 'ops' })).grants.subscribe).toContain('tenants/+/alerts')
    expect((await ask('bob', { groups: [['ops'], { ops: true }] })).grants.subscribe).toEqual(['users/bob/#'])
    expect((await ask('Dev~x', { provenBy: devRole })).grants.publish).toEqual(['test', 'tenants/dev/x'])
    // The deploy check gets the grants of its role under its own user ID.
    const check = { userId: 'deploy-check~x', claims: {}, prover: 'deploy-check', provenBy: devRole }
    expect((await vend(check, {}, vendor)).grants.publish).toEqual(['test', 'tenants/dev/x'])
    // The grants of a backend do not apply to the users that it names.
    expect((await ask('carol', { provenBy: devRole })).grants.publish).toEqual(['test'])
  })

  it('a change takes effect at the next vend', async () => {
    const { ask, table } = vendorWith(items)
    table.items.delete('user#alice')
    expect((await ask('alice')).grants.subscribe).toEqual(['users/alice/#'])
  })

  it.each([
    ['the user', { 'user#alice': { revoked: { N: '5' } } }],
    ['a group', { 'group#ops': { revoked: { BOOL: false } } }],
    ['the role', { 'role#Dev': { revoked: { N: '5' } } }],
  ])('a mark on %s refuses the vend without a call of STS', async (_, marked) => {
    const { ask, asked } = vendorWith({ ...items, ...marked })
    await expect(ask('alice', { groups: ['ops'], provenBy: devRole })).rejects.toMatchObject({ code: 'revoked' })
    expect(asked).toEqual([])
    expect((await ask('bob')).userId).toBe('bob')
  })

  it('a signed-out user gets no earlier session from the cache', async () => {
    const { ask, asked } = vendorWith({ 'user#alice': { signedOutAt: { N: '7' } } })
    await ask('alice')
    await ask('bob')
    expect(asked.map(({ notBefore }) => notBefore)).toEqual([7, undefined])
  })

  it.each([
    [1001, 2],
    [4000, 4],
    [8.64e15, 60],
  ])(
    'a sign-out at %d, shortly ahead, refuses sessions that would be denied immediately',
    async (at, retryAfterSeconds) => {
      const { ask, asked } = vendorWith({ 'user#alice': { signedOutAt: { N: String(at) } } })
      await expect(ask('alice')).rejects.toMatchObject({ code: 'signed_out', extras: { retryAfterSeconds } })
      expect(asked).toEqual([])
      expect((await ask('bob')).userId).toBe('bob')
    },
  )

  it('a grant beyond the ceiling is refused by name, and the other grants vend if requested', async () => {
    const { ask } = vendorWith({ 'user#alice': { subscribe: list('other/x', 'tenants/a/b') } })
    await expect(ask('alice')).rejects.toMatchObject({
      code: 'beyond_ceiling',
      extras: { grants: [{ kind: 'subscribe', filter: 'other/x' }] },
    })
    expect((await ask('alice', { subscribe: ['tenants/a/b'] as never })).grants.subscribe).toEqual(['tenants/a/b'])
  })

  it.each([
    ['a string instead of a list', { 'user#alice': { publish: { S: '#' } } }, 'access_unusable'],
    ['a grant that is not a filter', { 'user#alice': { publish: list('tenants/#/a') } }, 'access_unusable'],
    ['an unknown variable', { 'user#alice': { publish: list('tenants/${secret}') } }, 'access_unusable'],
    ['a list without end', { 'user#alice': { publish: list(...Array(201).fill('tenants/a')) } }, 'access_unusable'],
  ])('an invalid item, with %s, blocks its user and no other', async (_, poisoned, code) => {
    const { ask, asked } = vendorWith(poisoned)
    await expect(ask('alice')).rejects.toMatchObject({ code })
    expect(asked).toEqual([])
    expect((await ask('bob')).userId).toBe('bob')
  })

  it.each([
    ['table_unavailable', 'access_unavailable', 2],
    ['table_throttled', 'access_unavailable', 5],
    ['table_refused', 'access_unusable', undefined],
  ] as const)('%s is %s', async (code, problem, retryAfterSeconds) => {
    const { vendor, table } = vendorWith(items)
    const failing = {
      read: async () => {
        throw new AccessError(code, 'no', { remedy: '' })
      },
    }
    const down = { ...vendor, access: tableSource(failing, 'groups', Date.now) }
    const refused = { code: problem, ...(retryAfterSeconds === undefined ? {} : { extras: { retryAfterSeconds } }) }
    await expect(vend({ userId: 'alice', claims: {} }, {}, down)).rejects.toMatchObject(refused)

    // With cacheSeconds, only the items that were read before remain valid.
    let fails = false
    const sometimes = { read: async (keys: readonly string[]) => (fails ? failing.read() : table.read(keys)) }
    const cached = { ...vendor, access: tableSource(lastKnown(sometimes, 30), 'groups', Date.now) }
    await vend({ userId: 'alice', claims: {} }, {}, cached)
    fails = true
    const again = vend({ userId: 'alice', claims: {} }, {}, cached)
    await (code === 'table_refused'
      ? expect(again).rejects.toMatchObject(refused)
      : expect(again).resolves.toBeDefined())
    await expect(vend({ userId: 'bob', claims: {} }, {}, cached)).rejects.toMatchObject(refused)
  })

  it('more groups than one request can read are refused with an explanation', async () => {
    const { ask } = vendorWith(items)
    const groups = Array.from({ length: 99 }, (_, index) => `g${index}`)
    await expect(ask('alice', { groups })).rejects.toMatchObject({ code: 'too_many_groups' })
  })

  it('10,000 users with 8 devices each: a sample of 1,000 is exact; 100 devices are too many for one vend, but a part of them vends', async () => {
    const { ask, table } = vendorWith({})
    const devices = (user: number, count: number) =>
      Array.from({ length: count }, (_, index) => `tenants/t${user % 100}/user${user}/device${index}`)
    for (let user = 0; user < 10_000; user++) {
      const key = `user#user${user}`
      table.items.set(key, { pk: { S: key }, subscribe: list(...devices(user, 8)) })
    }
    for (let user = 0; user < 10_000; user += 10) {
      const { grants } = await ask(`user${user}`)
      expect(grants.subscribe).toEqual([`users/user${user}/#`, ...devices(user, 8)])
    }
    table.items.set('user#many', { pk: { S: 'user#many' }, subscribe: list(...devices(1, 100)) })
    await expect(ask('many')).rejects.toMatchObject({
      code: 'policy_too_large',
      extras: { suggestion: expect.anything() },
    })
    const part = devices(1, 100).slice(40, 44)
    expect((await ask('many', { subscribe: part as never })).grants.subscribe).toEqual(part)
  })

  it('10,000 revoked users are refused', async () => {
    const revoked = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`user#u${n}`, { revoked: { N: '1' } }]),
    )
    const { ask, asked } = vendorWith(revoked)
    for (let n = 0; n < 10_000; n++) await expect(ask(`u${n}`)).rejects.toMatchObject({ code: 'revoked' })
    expect(asked).toEqual([])
    expect((await ask('other')).userId).toBe('other')
  })

  it('200 concurrent vends while 50 writers change grants: each response contains a state that each item had', async () => {
    const { ask, table } = vendorWith({})
    const states = new Map<string, Set<string>>()
    const write = (key: string, version: number) => {
      const grants = [`tenants/${key.replace('#', '-')}/v${version}`, `tenants/${key.replace('#', '-')}/w${version}`]
      states.set(key, (states.get(key) ?? new Set()).add(JSON.stringify(grants)))
      table.items.set(key, { pk: { S: key }, subscribe: list(...grants) })
    }
    const keys = ['user#alice', 'group#a', 'group#b'] as const
    for (const key of keys) write(key, 0)
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let round = 0; round < 20; round++) {
        await Promise.resolve()
        write(keys[writer % 3] ?? 'user#alice', writer * 100 + round)
      }
    })
    const vends = Array.from({ length: 200 }, () => ask('alice', { groups: ['a', 'b'] }))
    const [answers] = await Promise.all([Promise.all(vends), Promise.all(writers)])
    for (const { grants } of answers) {
      for (const key of keys) {
        const own = grants.subscribe.filter((filter) => filter.startsWith(`tenants/${key.replace('#', '-')}/`))
        expect([key, states.get(key)?.has(JSON.stringify(own))]).toEqual([key, true])
      }
    }
  })
})
