import { describe, expect, it } from '@jest/globals'
import { authorize, Directory } from '@topic-credentials/local-aws/iam'
import fc from 'fast-check'
import { sessionNameOf } from '../user.js'
import { noRevocations, prune, restore, revoke, signOut } from './revocations.js'
import { readTopicRolePolicy, topicRolePolicy } from './topic-role-policy.js'
import { readVendorRolePolicy, vendorRolePolicy } from './vendor-role-policy.js'

const hour = 3_600_000
const noon = Date.parse('2026-11-23T12:00:00Z')
function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}
const allow = { Effect: 'Allow', Action: '*', Resource: '*' }

/** An account whose topic role has these revocations. @returns whether a session of a user is allowed anything */
function account(revocations = noRevocations) {
  const clock = { at: noon, now: () => clock.at }
  const directory = new Directory({ accountId: '123456789012', clock })
  const trustPolicy = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })
  const role = directory.createRole({ roleName: 'topics', trustPolicy, inlinePolicies: { Ceiling: policy(allow) } })
  const document = topicRolePolicy(revocations)
  if (document !== undefined) directory.putRolePolicy('topics', 'Revocations', JSON.stringify(document))
  return (sessionName: string, issuedAt: number) => {
    clock.at = issuedAt
    const { principal } = directory.addSession({ role, sessionName, durationSeconds: 3600 })
    clock.at = noon
    const request = { action: 'iot:Publish', resource: 'arn:aws:iot:eu-west-1:123456789012:topic/test' }
    return authorize(principal, request).outcome === 'Allowed'
  }
}

describe('the denied users', () => {
  it('include a revoked user with sessions of any time, and no other user', () => {
    const may = account(revoke(revoke(noRevocations, 'alice'), 'bob'))
    for (const at of [noon - hour, noon, noon + hour]) {
      expect([may('alice', at), may('bob', at)]).toEqual([false, false])
      expect(['Alice', 'alice2', 'lice', 'b', 'carol', 'alice=2F'].filter((name) => !may(name, at))).toEqual([])
    }
  })

  it('include a signed-out user with earlier sessions, but not with later ones', () => {
    const may = account(signOut(revoke(noRevocations, 'bob'), 'alice', noon))
    expect([may('alice', noon - 1), may('alice', noon), may('bob', noon)]).toEqual([false, true, false])
    expect(may('carol', noon - 1)).toBe(true)
  })

  it('include old sessions after an undo, but not new ones', () => {
    const may = account(restore(revoke(noRevocations, 'alice'), 'alice', noon))
    expect([may('alice', noon - 1), may('alice', noon)]).toEqual([false, true])
    expect(restore(noRevocations, 'alice', noon)).toBe(noRevocations)
  })

  it('are the same after repeated operations and in another order', () => {
    const revoked = revoke(noRevocations, 'alice')
    expect(revoke(revoked, 'alice')).toEqual(revoked)
    expect(signOut(revoked, 'alice', noon)).toEqual(revoked)
    expect(revoke(signOut(noRevocations, 'alice', noon), 'alice')).toEqual(revoked)
    // An earlier time has no effect.
    const out = signOut(noRevocations, 'alice', noon)
    expect(signOut(out, 'alice', noon - hour)).toEqual(out)
  })

  it('are pruned 25 hours after a sign-out, when no connection can exist, and never while revoked', () => {
    const both = signOut(revoke(noRevocations, 'bob'), 'alice', noon)
    expect(prune(both, noon + 25 * hour - 1)).toEqual(both)
    expect(prune(both, noon + 25 * hour)).toEqual({ revoked: ['bob'], signedOut: [] })
  })

  it('are exactly the given user, for any two user IDs', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(id, id, (one, other) => {
        fc.pre(one !== other)
        const [shut, open] = [sessionNameOf(one, 'user-id'), sessionNameOf(other, 'user-id')]
        for (const revocations of [revoke(noRevocations, shut), signOut(noRevocations, shut, noon)]) {
          const may = account(revocations)
          expect([may(shut, noon - 1), may(open, noon - 1)]).toEqual([false, true])
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('the policy documents', () => {
  const some = signOut(
    signOut(revoke(revoke(noRevocations, 'bob'), 'auth0=7Calice'), 'carol', noon),
    'dave',
    noon + 1000,
  )

  it('are short and readable', () => {
    expect(topicRolePolicy(some)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Revoked',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringLike: { 'aws:userid': ['*:auth0=7Calice', '*:bob'] } },
        },
        {
          Sid: 'SignedOut20261123T120000Z',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            DateLessThan: { 'aws:TokenIssueTime': '2026-11-23T12:00:00Z' },
            StringLike: { 'aws:userid': '*:carol' },
          },
        },
        {
          Sid: 'SignedOut20261123T120001Z',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            DateLessThan: { 'aws:TokenIssueTime': '2026-11-23T12:00:01Z' },
            StringLike: { 'aws:userid': '*:dave' },
          },
        },
      ],
    })
    expect([topicRolePolicy(noRevocations), vendorRolePolicy([])]).toEqual([undefined, undefined])
  })

  it('are read back unchanged', () => {
    for (const revocations of [
      noRevocations,
      some,
      revoke(noRevocations, 'alice'),
      signOut(noRevocations, 'alice', noon),
    ]) {
      const [topic, vendor] = [topicRolePolicy(revocations), vendorRolePolicy(revocations.revoked)]
      expect(readTopicRolePolicy(topic && JSON.stringify(topic))).toEqual(revocations)
      expect(readVendorRolePolicy(vendor && JSON.stringify(vendor))).toEqual(revocations.revoked)
    }
  })

  it.each([
    ['another hand’s policy', JSON.stringify(policy(allow))],
    ['a statement more', JSON.stringify(policy(...(topicRolePolicy(some)?.Statement ?? []), allow))],
    ['a changed statement', JSON.stringify(topicRolePolicy(some)).replace('"Deny"', '"Allow"')],
    ['an invalid date', JSON.stringify(topicRolePolicy(some)).replace('2026-11-23T12:00:00Z', 'soon')],
    ['no JSON', 'Revocations'],
    ['nothing', '{}'],
  ])('of other programs are refused: %s', (_, text) => {
    const foreign = expect.objectContaining({ code: 'foreign_policy', value: text })
    expect(() => readTopicRolePolicy(text)).toThrow(foreign)
    expect(() => readVendorRolePolicy(text)).toThrow(foreign)
  })
})

describe('the session name of a user', () => {
  it.each([
    ['alice', undefined, 'alice'],
    ['auth0|alice', undefined, 'auth0=7Calice'],
    ['auth0=7Calice', 'session-name', 'auth0=7Calice'],
    ['auth0=7Calice', 'user-id', 'auth0=3D7Calice'],
    ['a=b', undefined, 'a=3Db'],
  ] as const)('%s as %s is %s', (user, namedBy, sessionName) => {
    expect(sessionNameOf(user, namedBy)).toBe(sessionName)
  })

  it.each([
    ['auth0=7Calice', undefined],
    ['==2bd806c97f0e00af1a1fc3328fa763a9269723c8db8', undefined],
    ['', undefined],
    [' ', undefined],
    ['\ud800', 'user-id'],
    ['auth0|alice', 'session-name'],
    ['*', 'session-name'],
    ['x', 'session-name'],
  ] as const)('%j as %s is refused', (user, namedBy) => {
    expect(() => sessionNameOf(user, namedBy)).toThrow(expect.objectContaining({ code: 'invalid_user', value: user }))
  })
})
