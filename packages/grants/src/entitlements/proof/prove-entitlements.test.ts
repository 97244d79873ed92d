import { describe, expect, it } from '@jest/globals'
import { location } from '../../testing/role.js'
import { parseEntitlements } from '../entitlements.js'
import { proveEntitlements } from './index.js'

const own = 'users/${userId}/#'

function proved(...rules: readonly object[]) {
  return proveEntitlements(parseEntitlements({ entitlements: rules }), location)
}

describe('proveEntitlements', () => {
  it('proves the usual ones for everybody, hostile names among them', () => {
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

  it('proves 200 rules with a few policies each, and hostile names with what everybody has', () => {
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

  it.each([
    ['a name that is a level elsewhere', ['users/${userId}/#', 'users/admin/${userId}'], ['admin', 'alice']],
    ['a wildcard beside the name', ['+/${userId}', '${userId}/+'], ['alice', 'alice2']],
  ])('finds that own topics are shared: %s', (_name, publish, users) => {
    expect(proved({ publish }).shared).toMatchObject({ kind: 'publish', users })
  })

  it('proves requests for everybody: their replies are their own', () => {
    const { proved: users, wrong, shared } = proved({ request: ['devices/+/ask'] })
    expect({ wrong, shared }).toEqual({ wrong: undefined, shared: undefined })
    expect(users.map(({ userId }) => userId)).toEqual(
      expect.arrayContaining(['alice', '*', '${aws:userid}', 'replies']),
    )
  })

  it('finds who could read another one’s replies: somebody who is called as another one is encoded', () => {
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
  ])('finds none where there is none: %s', (_name, publish) => {
    expect(proved({ publish }).shared).toBeUndefined()
  })

  it('lets users write to each other: that topic is the reader’s own', () => {
    expect(proved({ publish: ['dm/${userId}/+'], subscribe: ['dm/+/${userId}'] }).shared).toBeUndefined()
  })
})
