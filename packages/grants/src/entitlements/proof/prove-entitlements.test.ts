import { describe, expect, it } from '@jest/globals'
import { widestRole } from '../../policy/shared-denies.js'
import { location } from '../../testing/role.js'
import { ceilingPolicy } from '../ceiling.js'
import { parseEntitlements } from '../entitlements.js'
import { proveEntitlements } from './index.js'

const own = 'users/${userId}/#'

function proved(...rules: readonly object[]) {
  return proveEntitlements(parseEntitlements({ entitlements: rules }), location)
}

describe('proveEntitlements', () => {
  it('proves ordinary rules for all representative users, including hostile names', () => {
    const {
      proved: users,
      wrong,
      shared,
    } = proved(
      { publish: ['test', own], subscribe: ['test', own] },
      { when: { 'claims.groups': 'operators' }, subscribe: ['devices/+/telemetry'] },
      { when: { 'claims.groups': 'tenants' }, publish: ['t/${claims.tenant}/x'], retain: ['t/${claims.tenant}/x'] },
    )
    expect({ wrong, shared }).toEqual({ wrong: undefined, shared: undefined })
    expect(users.map(({ userId }) => userId)).toEqual(
      expect.arrayContaining(['alice', '*', '${aws:userid}', 'devices']),
    )
    expect(users.map(({ rules }) => rules.join())).toContain('entitlements[0],entitlements[2]')
  })

  it('proves 200 rules with a few policies each, and the unconditional rules for hostile names', () => {
    const sites = Array.from({ length: 200 }, (_, index) => ({
      when: { 'claims.groups': `group-${index}` },
      publish: [own],
      subscribe: [`sites/s${index % 20}/#`],
    }))
    const { proved: users, wrong } = proved({ publish: ['test', own], subscribe: ['test', own] }, ...sites)
    expect(wrong).toBeUndefined()
    expect(users.length).toBeGreaterThan(20)
    expect(users.length).toBeLessThan(20 * 25)
    const everyones = users.filter(({ rules }) => rules.join() === 'entitlements[0]').map(({ userId }) => userId)
    expect(everyones).toEqual(expect.arrayContaining(['alice', 'alice2', '*', '?', ':']))
  })

  it('proves the policies of two conditional rules, and of all, that one user can have', () => {
    const letters = ['a', 'b', 'c']
    const { proved: users, wrong } = proved(
      { publish: ['test'] },
      ...letters.map((name) => ({
        when: { 'claims.groups': name },
        publish: [`${name}/+/x`],
        subscribe: [`+/${name}`],
      })),
    )
    expect(wrong).toBeUndefined()
    const sets = new Set(users.map(({ rules }) => rules.map((place) => place.replace(/\D/gu, '')).join('')))
    expect([...sets].sort()).toEqual(['0', '01', '012', '0123', '013', '02', '023', '03', '1', '2', '3'])
  })

  it('does not pair rules that no user can have together', () => {
    const rules = ['a', 'b'].map((role) => ({ when: { 'claims.role': role }, publish: [`${role}/+/x`] }))
    const document = { entitlements: rules, singleValued: ['claims.role'] }
    const { proved: users } = proveEntitlements(parseEntitlements(document), location)
    // A user without either condition has no rule.
    expect(new Set(users.map((user) => user.rules.join()))).toEqual(new Set(['', 'entitlements[0]', 'entitlements[1]']))
  })

  it('stops at the limit of states, and reports the remaining proofs', () => {
    const rules = Array.from({ length: 5 }, (_, index) => ({
      when: { 'claims.groups': `g${index}` },
      publish: [`g${index}/+/x`],
    }))
    const all = { entitlements: [{ publish: ['test'] }, ...rules] }
    const short = proveEntitlements(parseEntitlements(all), location, { most: 1_000 })
    expect(short.wrong).toBeUndefined()
    expect(short.left.first).toEqual(['entitlements[0]', expect.any(String), expect.any(String)])
    const asked: number[] = []
    const long = proveEntitlements(parseEntitlements(all), location, { progress: (_, count) => asked.push(count) })
    expect(long.left).toEqual({ proofs: 0, first: [] })
    expect(new Set(asked)).toEqual(new Set([asked.length]))
    expect(short.left.proofs).toBeGreaterThan(5)
    // Every single rule is proved nevertheless.
    expect(new Set(short.proved.flatMap(({ rules: places }) => places)).size).toBe(6)
  })

  it('proves within the deployed role', () => {
    const entitlements = parseEntitlements({ entitlements: [{ publish: ['a', 'b/#'], subscribe: [own] }] })
    const whole = widestRole(location)
    expect(proveEntitlements(entitlements, location, { role: whole }).wrong).toBeUndefined()
    const narrow = ceilingPolicy(parseEntitlements({ entitlements: [{ publish: ['a'], subscribe: [own] }] }), location)
    expect(proveEntitlements(entitlements, location, { role: narrow }).wrong?.proof).toMatchObject({
      action: 'iot:Publish',
      allowed: false,
    })
  })

  it('depends on the Denies of the widest role if policies leave Region and account open', () => {
    const topics = Array.from({ length: 14 }, (_, index) => `plant/line-${index}/state/of/this`)
    const entitlements = parseEntitlements({ entitlements: [{ publish: topics, subscribe: topics }] })
    const { Version, Statement } = widestRole(location)
    const without = (sid: string) => ({ Version, Statement: Statement.filter(({ Sid }) => Sid !== sid) })
    const proofIn = (role: object) => proveEntitlements(entitlements, location, { role })
    expect(proofIn({ Version, Statement })).toMatchObject({ wrong: undefined })
    expect(proofIn({ Version, Statement }).proved.map(({ policy }) => policy.form)).toContain('short')
    for (const sid of ['Elsewhere', 'NamesThatContinueAnArn']) {
      expect(proofIn(without(sid)).wrong?.proof).toMatchObject({ allowed: true, granted: false })
    }
  })

  it('proves the deployed forms', () => {
    const topics = Array.from({ length: 20 }, (_, index) => `plant/line-${index}/state/of/this`)
    const entitlements = parseEntitlements({ entitlements: [{ publish: topics, subscribe: topics }] })
    const forms = (dense: boolean) =>
      new Set(proveEntitlements(entitlements, location, { dense }).proved.map(({ policy }) => policy.form))
    expect([...forms(true)]).toEqual(['dense'])
    expect([...forms(false)]).toEqual([])
  })

  it.each([
    ['a name that is a level elsewhere', ['users/${userId}/#', 'users/admin/${userId}'], ['admin', 'alice']],
    ['a wildcard beside the name', ['+/${userId}', '${userId}/+'], ['alice', 'alice2']],
  ])('finds shared own topics: %s', (_name, publish, users) => {
    expect(proved({ publish }).shared).toMatchObject({ kind: 'publish', users })
  })

  it('proves requests for all users: each has its own replies', () => {
    const { proved: users, wrong, shared } = proved({ request: ['devices/+/ask'] })
    expect({ wrong, shared }).toEqual({ wrong: undefined, shared: undefined })
    expect(users.map(({ userId }) => userId)).toEqual(
      expect.arrayContaining(['alice', '*', '${aws:userid}', 'replies']),
    )
  })

  it('finds a user ID that equals another user’s encoded ID and could read its replies', () => {
    const { shared } = proved({ request: ['ask'] }, { subscribe: ['replies/${userId}/#'] })
    expect(shared).toMatchObject({
      kind: 'subscribe',
      templates: expect.arrayContaining(['replies/${encodedUserId}/#', 'replies/${userId}/#']),
    })
  })

  it.each([
    ['apart by a level', ['users/${userId}/#', 'admins/${userId}']],
    ['apart by depth', ['users/${userId}', 'users/${userId}/x']],
    ['a group', ['$aws/x/${userId}', '${userId}/#']],
  ])('finds no shared topic: %s', (_name, publish) => {
    expect(proved({ publish }).shared).toBeUndefined()
  })

  it('allows users to write to each other, because such a topic belongs only to its reader', () => {
    expect(proved({ publish: ['dm/${userId}/+'], subscribe: ['dm/+/${userId}'] }).shared).toBeUndefined()
  })
})
