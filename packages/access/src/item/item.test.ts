import { describe, expect, it } from '@jest/globals'
import { encodeUserId } from '@topic-credentials/grants'
import fc from 'fast-check'
import type { Attributes } from './attributes.js'
import { type AccessItem, grantsAt, newItem, readItem, writeItem } from './item.js'
import { groupKey, keyText, parseKey, roleKey, sessionKey, userKey } from './key.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const runs = { seed, numRuns: 1000 }
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'alice',
    'user#alice',
    'group#x',
    '#',
    '',
    'a#b',
    '\ud800',
    'x'.repeat(1025),
    '日本',
    ' ',
    '__proto__',
  ),
)

describe(`keys (SEED=${seed})`, () => {
  it('are parsed to the kind and name that they were made from', () => {
    fc.assert(
      fc.property(fc.constantFrom('user', 'group', 'role' as const), text, (kind, name) => {
        let key: string
        try {
          key = keyText({ kind, name })
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_key', value: name })
          return
        }
        expect(parseKey(key)).toEqual({ kind, name })
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(2048)
      }),
      runs,
    )
  })

  it('of two users differ, and so do those of a user and a group or role', () => {
    const id = text.filter((name) => name !== '' && !/\p{Surrogate}/u.test(name))
    fc.assert(
      fc.property(id, id, (one, other) => {
        if (one !== other) expect(userKey(one)).not.toBe(userKey(other))
        const others = [groupKey, roleKey].flatMap((key) => {
          try {
            return key(other)
          } catch {
            return []
          }
        })
        expect(others).not.toContain(userKey(one))
      }),
      runs,
    )
    expect(groupKey('user#alice')).toBe('group#user#alice')
    expect(sessionKey(encodeUserId('auth0|alice'))).toBe(userKey('auth0|alice'))
  })

  it.each(['', 'user', 'users#a', 'user#', 'user#a b', 'group#', 'role#a/b', 'state#sessions', 'USER#alice'])(
    '%j is not a key',
    (key) => {
      expect(parseKey(key)).toBeUndefined()
    },
  )
})

describe(`items (SEED=${seed})`, () => {
  const list = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 5 })
  const time = fc.option(fc.integer({ min: 0, max: 2 ** 50 }), { nil: undefined })
  const name = fc.option(fc.string({ minLength: 1 }), { nil: undefined })
  const item = fc
    .record({
      grants: fc.record({ publish: list, subscribe: list, retain: list }),
      version: fc.nat(),
      revokedAt: time,
      signedOutAt: time,
      expiresAt: time,
      updatedAt: time,
      updatedBy: name,
      writeId: name,
    })
    .map((values) => {
      const there = Object.entries(values).filter(([, value]) => value !== undefined)
      return { key: { kind: 'user', name: 'alice' }, ...Object.fromEntries(there) } as AccessItem
    })

  it('are read back unchanged', () => {
    fc.assert(
      fc.property(item, (one) => {
        expect(readItem(JSON.parse(JSON.stringify(writeItem(one))) as Attributes)).toEqual(one)
      }),
      runs,
    )
  })

  const poison = [
    ['a list that is a string', { publish: { S: 'a' } }],
    ['a list of numbers', { publish: { L: [{ N: '1' }] } }],
    ['more than a policy could hold', { publish: { L: Array.from({ length: 201 }, () => ({ S: 'a' })) } }],
    ['an invalid time', { signedOutAt: { N: '1e99' } }],
    ['a time that is a string', { expiresAt: { S: 'never' } }],
    ['a negative version', { version: { N: '-1' } }],
    ['null', { subscribe: null }],
  ] as const
  it.each(poison)('are refused as a whole with %s', (_, attributes) => {
    const raw = { pk: { S: 'user#alice' }, ...attributes } as unknown
    expect(() => readItem(raw as Attributes)).toThrow(
      expect.objectContaining({ code: 'unusable_item', value: 'user#alice' }),
    )
    expect(readItem({ pk: { S: 'user#alice' } })).toEqual(newItem({ kind: 'user', name: 'alice' }))
  })

  it.each([{ N: '5' }, { BOOL: true }, { BOOL: false }, { S: '' }, { L: [] }])('revoked %j revokes', (revoked) => {
    expect(readItem({ pk: { S: 'user#alice' }, revoked }).revokedAt).toBeDefined()
  })

  it('created in the console are read: string sets, and unknown attributes', () => {
    const raw = { pk: { S: 'group#ops' }, publish: { SS: ['a'] }, note: { S: 'x' } } as unknown
    expect(readItem(raw as Attributes).grants.publish).toEqual(['a'])
  })

  it('grant nothing after their expiration; marks remain', () => {
    const one: AccessItem = {
      ...newItem({ kind: 'user', name: 'alice' }),
      grants: { publish: ['a'], subscribe: [], retain: [] },
      expiresAt: 1000,
    }
    expect([grantsAt(one, 999).publish, grantsAt(one, 1000).publish]).toEqual([['a'], []])
  })
})
