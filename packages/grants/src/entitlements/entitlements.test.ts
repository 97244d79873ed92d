import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { EntitlementError, GrantError } from '../errors.js'
import { explain } from '../explain.js'
import { sessionPolicy } from '../policy/session-policy.js'
import { attempts, requestOf } from '../testing/arbitraries.js'
import { isTakenByAws, judge } from '../testing/judge.js'
import { clientIdPrefix } from '../user-id.js'
import { ceilingPolicy } from './ceiling.js'
import { parseEntitlements } from './entitlements.js'
import { entitledTo, grantsFor } from './grants-for.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }

const own = `users/\${userId}/#`
const tenant = `tenants/\${claims.tenant}/+`

describe('grantsFor', () => {
  const entitlements = parseEntitlements({
    $schema: './x.json',
    entitlements: [
      { description: 'everybody', publish: ['test'], subscribe: ['test', own] },
      { when: { 'claims.groups': ['operators', 'admins'] }, subscribe: ['devices/+/telemetry'] },
      { when: { 'claims.role': 'owner', userId: 'alice' }, publish: [tenant], retain: [tenant] },
    ],
  })
  const grantsOf = (userId: string, claims: Record<string, unknown>) => grantsFor(entitlements, { userId, claims })

  it('grants the rules without a condition to all users', () => {
    expect(grantsOf('bob', {})).toEqual({ publish: ['test'], subscribe: ['test', 'users/bob/#'], retain: [] })
  })

  it.each([
    [{ groups: ['operators'] }, true],
    [{ groups: ['x', 'admins'] }, true],
    [{ groups: 'operators' }, true],
    [{ groups: ['operator'] }, false],
    [{ groups: 'x operators' }, false],
    [{ groups: [['operators']] }, false],
    [{ groups: { operators: true } }, false],
    [{ groups: null }, false],
    [{ Groups: ['operators'] }, false],
  ])('list membership: %j %s', (claims, applies) => {
    expect(grantsOf('bob', claims).subscribe.includes('devices/+/telemetry' as never)).toBe(applies)
  })

  it('applies a rule only if all its conditions match and all its claims exist', () => {
    expect(grantsOf('alice', { role: 'owner', tenant: 'acme' }).retain).toEqual(['tenants/acme/+'])
    expect(grantsOf('alice', { role: 'owner', tenant: 42 }).retain).toEqual(['tenants/42/+'])
    expect(grantsOf('alice', { role: 'owner' }).retain).toEqual([])
    expect(grantsOf('bob', { role: 'owner', tenant: 'acme' }).retain).toEqual([])
    expect(grantsOf('alice', { role: 'guest', tenant: 'acme' }).retain).toEqual([])
  })

  it.each(['a/#', '+', '#', 'a/b', '', '\0', 'x'.repeat(300), '\ud800', '$share', {}, [['a']], 0.5])(
    'a claim %j never adds a level or a wildcard',
    (value) => {
      const { grants, dropped } = entitledTo(entitlements, {
        userId: 'alice',
        claims: { role: 'owner', tenant: value },
      })
      expect(grants).toEqual({ publish: ['test'], subscribe: ['test', 'users/alice/#'], retain: [] })
      expect(dropped).toEqual([
        {
          rule: 'entitlements[2]',
          reason: expect.stringMatching(/^entitlements\[2\]\.publish\[0\]: .*claims\.tenant/su),
          remedy: expect.any(String),
        },
      ])
    },
  )

  it.each(['a/b', '+', '#', 'a/#', '$aws', 'x:topic'])('a user ID %j never adds a level or a wildcard', (userId) => {
    const { grants, dropped } = entitledTo(entitlements, { userId, claims: {} })
    expect({ grants, rules: dropped.map(({ rule }) => rule) }).toEqual({
      grants: { publish: [], subscribe: [], retain: [] },
      rules: ['entitlements[0]'],
    })
  })

  it('escapes IAM wildcards in values', () => {
    expect(grantsOf('*', {}).subscribe).toContain('users/*/#')
    const iamAllows = judge(sessionPolicy(grantsOf('*', {}), { userId: '*' }).document)
    expect(iamAllows({ action: 'subscribe', filter: 'users/*/#' })).toBe(true)
    expect(iamAllows({ action: 'subscribe', filter: 'users/bob/#' })).toBe(false)
  })

  it.each(['constructor', '__proto__', 'toString'])('%s is not a claim', (name) => {
    const rules = parseEntitlements({ entitlements: [{ publish: [`a/\${claims.${name}}`] }] })
    expect(grantsFor(rules, { userId: 'alice', claims: {} }).publish).toEqual([])
  })
})

describe('parseEntitlements', () => {
  it.each([
    [null, 'malformed_entitlements', 'entitlements.json'],
    [{ entitlements: [] }, 'malformed_entitlements', 'entitlements'],
    [{ entitlement: [] }, 'unknown_key', 'entitlements.json'],
    [{ entitlements: [{}] }, 'empty_rule', 'entitlements[0]'],
    [{ entitlements: [{ publish: [] }] }, 'empty_rule', 'entitlements[0]'],
    [{ entitlements: [{ publish: ['a'] }, { publsh: ['a'] }] }, 'unknown_key', 'entitlements[1]'],
    [{ entitlements: [{ publish: 'a' }] }, 'malformed_entitlements', 'entitlements[0].publish'],
    [{ entitlements: [{ publish: ['a', 1] }] }, 'invalid_template', 'entitlements[0].publish[1]'],
    [{ entitlements: [{ publish: [`a/\${user}`] }] }, 'unknown_variable', 'entitlements[0].publish[0]'],
    [{ entitlements: [{ publish: [`a/\${userId`] }] }, 'unknown_variable', 'entitlements[0].publish[0]'],
    [{ entitlements: [{ publish: [`a/\${claims.}`] }] }, 'unknown_variable', 'entitlements[0].publish[0]'],
    [{ entitlements: [{ publish: [`$\${userId}/a`] }] }, 'invalid_template', 'entitlements[0].publish[0]'],
    [{ entitlements: [{ publish: [`$a\${userId}/a`] }] }, 'invalid_template', 'entitlements[0].publish[0]'],
    [{ entitlements: [{ subscribe: [`$share\${userId}/g/a`] }] }, 'invalid_template', 'entitlements[0].subscribe[0]'],
    [
      { entitlements: [{ publish: [`t/\${claims.org}-\${userId}/#`] }] },
      'invalid_template',
      'entitlements[0].publish[0]',
    ],
    [{ entitlements: [{ publish: [`\${userId}\${claims.a}`] }] }, 'invalid_template', 'entitlements[0].publish[0]'],
    [
      { entitlements: [{ publish: [`\${encodedUserId}-\${claims.a}`] }] },
      'invalid_template',
      'entitlements[0].publish[0]',
    ],
    [{ entitlements: [{ publish: ['a'] }], singleValued: ['role'] }, 'malformed_entitlements', 'singleValued'],
    [{ entitlements: [{ publish: ['1/2/3/4/5/6/7/8/9'] }] }, 'invalid_template', 'entitlements[0].publish[0]'],
    [
      { entitlements: [{ publish: [`${'x'.repeat(256)}\${userId}`] }] },
      'invalid_template',
      'entitlements[0].publish[0]',
    ],
    [{ entitlements: [{ retain: ['$aws/x'] }] }, 'invalid_template', 'entitlements[0].retain[0]'],
    [{ entitlements: [{ request: ['$share/g/a'] }] }, 'invalid_template', 'entitlements[0].request[0]'],
    [{ entitlements: [{ request: 'a' }] }, 'malformed_entitlements', 'entitlements[0].request'],
    [{ entitlements: [{ request: [] }] }, 'empty_rule', 'entitlements[0]'],
    [{ entitlements: [{ publish: ['a/+/b/#'] }] }, 'inexpressible_rules', 'entitlements[0]'],
    [
      { entitlements: [{ publish: ['a/+'] }, { publish: ['a/b/c'] }] },
      'inexpressible_rules',
      'entitlements[0] and entitlements[1]',
    ],
    [{ entitlements: [{ when: {}, publish: ['a'] }] }, 'malformed_entitlements', 'entitlements[0].when'],
    [{ entitlements: [{ when: { group: 'a' }, publish: ['a'] }] }, 'unknown_variable', 'entitlements[0].when["group"]'],
    [
      { entitlements: [{ when: { userId: [] }, publish: ['a'] }] },
      'malformed_entitlements',
      'entitlements[0].when["userId"]',
    ],
    [{ entitlements: [{ description: 1, publish: ['a'] }] }, 'malformed_entitlements', 'entitlements[0].description'],
  ])('refuses %j', (input, code, place) => {
    expect(() => parseEntitlements(input)).toThrow(expect.objectContaining({ code, place }))
  })

  it.each([
    '${encodedUserId}:${claims.a}/x',
    '${userId}-${userId}',
    't/${claims.org}/${userId}',
    '${encodedUserId}~x-${claims.a}',
  ])('accepts two variables if no two users can get the same topic: %s', (text) => {
    expect(parseEntitlements({ entitlements: [{ publish: [text] }] }).rules).toHaveLength(1)
  })
})

describe('ceilingPolicy', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '*',
    '?',
    '日本',
    `\${userId}`,
    `\${claims.tenant}`,
    `x-\${userId}`,
    '+',
    '$aws',
    `\${`,
  )
  const template = fc
    .tuple(
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '/#'),
      fc.constantFrom('', '', '', '$share/g/'),
    )
    .map(([levels, end, start]) => start + levels.join('/') + end)
  const plain = template.filter((text) => !text.startsWith('$share/'))
  const rule = fc.record({
    publish: fc.array(plain, { maxLength: 2 }),
    subscribe: fc.array(template, { maxLength: 2 }),
    retain: fc.array(plain, { maxLength: 1 }),
  })
  const value = fc.constantFrom('alice', 'bob', '*', '?', 'a', '日', `\${aws:userid}`)

  it(`allows every session of any caller, and sessions within it are exact (SEED=${seed})`, () => {
    let requests = 0
    const property = fc.property(
      fc.array(rule, { minLength: 1, maxLength: 3 }),
      value,
      value,
      attempts,
      (rules, userId, tenant, tries) => {
        const compiled = compiledFor(rules, userId, tenant)
        if (!compiled) return
        const { grants, document, ceiling } = compiled
        const iamAllows = judge(document, ceiling)
        for (const attempt of tries) {
          const request = requestOf(grants, clientIdPrefix(userId), attempt)
          if (!isTakenByAws(request)) continue
          requests++
          const { allowed } = explain(grants, { userId }, request)
          if (iamAllows(request) !== allowed) {
            throw new Error(
              `IAM says ${!allowed} to ${JSON.stringify(request)}: ${document} ${JSON.stringify(ceiling)}`,
            )
          }
        }
      },
    )
    fc.assert(property, { seed, numRuns: 2500 })
    process.stderr.write(`ceiling, SEED=${seed}: ${requests} requests\n`)
    expect(requests).toBeGreaterThan(10_000)
  })

  function compiledFor(rules: readonly object[], userId: string, tenant: string) {
    try {
      const entitlements = parseEntitlements({ entitlements: rules })
      const grants = grantsFor(entitlements, { userId, claims: { tenant } })
      return {
        grants,
        document: sessionPolicy(grants, { userId }).document,
        ceiling: ceilingPolicy(entitlements, scope),
      }
    } catch (error) {
      if (error instanceof EntitlementError || error instanceof GrantError) return undefined
      throw error
    }
  }

  it('is not wider than the templates, and restricts Region and account', () => {
    const entitlements = parseEntitlements({
      entitlements: [{ publish: ['test', own, 'users/admin/x'], subscribe: ['s/+/state', '$share/g/jobs/#'] }],
    })
    const { Statement } = ceilingPolicy(entitlements, { ...scope, region: `\${AWS::Region}` })
    const arn = `arn:aws:iot:\${AWS::Region}:123456789012:`
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow')
    expect(allowed.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['iot:Connect', `${arn}client/*:*`],
      ['iot:Publish', [`${arn}topic/test`, `${arn}topic/users/*/*`]],
      ['iot:Receive', [`${arn}topic/jobs/*`, `${arn}topic/s/*/state`]],
      ['iot:Subscribe', [`${arn}topicfilter/$share/g/jobs/*`, `${arn}topicfilter/s/*/state`]],
    ])
  })

  it('refuses templates that do not fit a role', () => {
    const publish = Array.from({ length: 120 }, (_, index) => `${index}-${'x'.repeat(100)}`)
    const entitlements = parseEntitlements({ entitlements: [{ publish }] })
    expect(() => ceilingPolicy(entitlements, scope)).toThrow(expect.objectContaining({ code: 'ceiling_too_large' }))
  })
})
