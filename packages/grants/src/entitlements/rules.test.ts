import { describe, expect, it } from '@jest/globals'
import { parseEntitlements } from './entitlements.js'
import { entitledTo, mostMembers } from './grants-for.js'
import cases from './rules.cases.json' with { type: 'json' }

interface Case {
  readonly name: string
  readonly rules: readonly object[]
  readonly singleValued?: readonly string[]
  readonly user: { readonly userId?: string; readonly userPrefix?: string; readonly claims?: Record<string, unknown> }
  readonly publish: readonly string[]
  readonly dropped?: readonly string[]
}

describe('entitledTo', () => {
  it.each(cases as readonly Case[])('$name', ({ rules, singleValued, user, publish, dropped = [] }) => {
    const entitlements = parseEntitlements({ entitlements: rules, ...(singleValued ? { singleValued } : {}) })
    const entitled = entitledTo(entitlements, { userId: 'alice', claims: {}, ...user })
    expect(entitled.grants.publish).toEqual(publish)
    expect(entitled.dropped.map(({ rule }) => rule)).toEqual(dropped)
    for (const { reason, remedy } of entitled.dropped)
      expect([reason, remedy]).toEqual([expect.any(String), expect.any(String)])
  })

  it(`creates at most ${mostMembers} grants from one template, and drops a rule with more`, () => {
    const entitlements = parseEntitlements({ entitlements: [{ publish: ['t/${claims.t}'] }, { publish: ['test'] }] })
    const members = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)
    const taken = entitledTo(entitlements, { userId: 'alice', claims: { t: members(mostMembers) } })
    expect(taken.grants.publish).toHaveLength(mostMembers + 1)
    const dropped = entitledTo(entitlements, { userId: 'alice', claims: { t: members(mostMembers + 1) } })
    expect(dropped.grants.publish).toEqual(['test'])
    expect(dropped.dropped).toMatchObject([{ rule: 'entitlements[0]', reason: expect.stringContaining('51 grants') }])
  })

  it('grants the replies to a user with request grants, under a prefix of that user', () => {
    const entitlements = parseEntitlements({ entitlements: [{ request: ['devices/+/ask', 'jobs/${claims.team}'] }] })
    const grantsOf = (userId: string, claims = {}) => entitledTo(entitlements, { userId, claims }).grants
    expect(grantsOf('alice', { team: 'a' })).toEqual({
      publish: ['devices/+/ask', 'jobs/a'],
      subscribe: ['replies/alice/#'],
      retain: [],
    })
    expect(grantsOf('auth0|a/b+c', { team: 'a' }).subscribe).toEqual(['replies/auth0=7Ca=2Fb=2Bc/#'])
    // A rule with a missing claim grants neither.
    expect(grantsOf('alice')).toEqual({ publish: [], subscribe: [], retain: [] })
    // The same as an item of the access table, which has plain grants only.
    const plain = { publish: ['devices/+/ask'], subscribe: ['replies/${encodedUserId}/#'] }
    const [short, long] = [{ request: ['devices/+/ask'] }, plain].map((rule) =>
      entitledTo(parseEntitlements({ entitlements: [rule] }), { userId: 'auth0|a/b+c', claims: {} }),
    )
    expect(short?.grants).toEqual(long?.grants)
  })

  it('returns the rules that produce a grant', () => {
    const entitlements = parseEntitlements({ entitlements: [{ publish: ['a', 'b'] }, { publish: ['b'] }] })
    const { rulesOf } = entitledTo(entitlements, { userId: 'alice', claims: {} })
    expect(rulesOf({ kind: 'publish', filter: 'a' })).toEqual(['entitlements[0]'])
    expect(rulesOf({ kind: 'publish', filter: 'b' })).toEqual(['entitlements[0]', 'entitlements[1]'])
    expect(rulesOf({ kind: 'subscribe', filter: 'b' })).toEqual([])
  })
})
