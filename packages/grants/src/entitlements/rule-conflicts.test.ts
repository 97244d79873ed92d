import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { EntitlementError, GrantError } from '../errors.js'
import { parseGrants } from '../grants.js'
import { sessionPolicy } from '../policy/session-policy.js'
import { parseEntitlements } from './entitlements.js'
import { grantsFor } from './grants-for.js'
import cases from './rule-conflicts.cases.json' with { type: 'json' }

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

function parse({ rules, singleValued }: { rules: readonly object[]; singleValued?: readonly string[] }) {
  return parseEntitlements({ entitlements: rules, ...(singleValued ? { singleValued } : {}) })
}

describe('conflicting rules of one user', () => {
  it.each(cases.conflicts)('are refused with both places: $name', ({ places, ...file }) => {
    expect(() => parse(file)).toThrow(expect.objectContaining({ code: 'inexpressible_rules', place: places }))
  })

  it.each(cases.compatible)('pass: $name', (file) => {
    expect(parse(file).rules).toHaveLength(file.rules.length)
  })

  const filter = fc.constantFrom(
    'a',
    'a/+',
    'a/b/c',
    'a/+/b',
    'a/#',
    '#',
    '+/b',
    '$aws/x',
    'a/+/#',
    'b',
    '+',
    'a/b',
    'b/+/+',
  )
  const rule = fc.record({
    publish: fc.array(filter, { minLength: 1, maxLength: 2 }),
    subscribe: fc.array(filter, { maxLength: 1 }),
  })

  it(`are refused if and only if they do not compile together (SEED=${seed})`, () => {
    let refused = 0
    const property = fc.property(fc.tuple(rule, rule), (rules) => {
      if (!rules.every((each) => compiles([each]))) return
      const together = compiles(rules)
      if (!together) refused++
      expect(passes(rules)).toBe(together)
    })
    fc.assert(property, { seed, numRuns: 1500 })
    expect(refused).toBeGreaterThan(150)
  })

  it('are found without compiling each pair: 200 rules with wildcards', () => {
    const rules = Array.from({ length: 200 }, (_, index) => ({
      when: { 'claims.groups': `group-${index}` },
      publish: [`sites/s${index}/+/state`, `sites/s${index}/+/config`, 'users/${userId}/#'],
      subscribe: [`sites/s${index}/+/state`, `events/s${index}/#`],
    }))
    expect(parse({ rules }).rules).toHaveLength(200)
  })
})

function compiles(rules: readonly { readonly publish: readonly string[]; readonly subscribe: readonly string[] }[]) {
  const grants = parseGrants({
    publish: rules.flatMap(({ publish }) => publish),
    subscribe: rules.flatMap(({ subscribe }) => subscribe),
  })
  try {
    sessionPolicy(grants, { userId: 'alice' })
    return true
  } catch (error) {
    if (error instanceof GrantError && error.code === 'inexpressible_grants') return false
    throw error
  }
}

function passes(rules: readonly object[]): boolean {
  try {
    const entitlements = parse({ rules })
    expect(sessionPolicy(grantsFor(entitlements, { userId: 'alice', claims: {} }), { userId: 'alice' })).toBeDefined()
    return true
  } catch (error) {
    if (error instanceof EntitlementError) return false
    throw error
  }
}
