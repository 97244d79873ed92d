import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { grantKinds } from '../grant-types.js'
import { parseEntitlements } from './entitlements.js'

const schema = JSON.parse(readFileSync(new URL('../../entitlements.schema.json', import.meta.url), 'utf8'))
const filter = new RegExp(schema.$defs.filterOrShared.pattern, 'u')
const variable = new RegExp(schema.$defs.when.propertyNames.pattern, 'u')

function parses(rule: object): boolean {
  try {
    parseEntitlements({ entitlements: [rule] })
    return true
  } catch {
    return false
  }
}

describe('entitlements.schema.json agrees with the parser', () => {
  it.each([
    'test',
    'a/b',
    '/',
    'a/',
    '//',
    '#',
    '+',
    'a/#',
    'a/+/b',
    '+/#',
    '$aws/things/x',
    '$share/g/a',
    `users/\${userId}/#`,
    `\${claims.a:b}`,
    `x-\${userId}`,
    `a/\${`,
    `a/\${user}`,
    `\${claims.}`,
    'a#',
    'a/#/b',
    '#/a',
    'a+',
    'a+/b',
    '+a/b',
    '$share',
    '$share/g',
    '',
    '日本/*?',
  ])('on the filter %j', (text) => {
    expect(text !== '' && filter.test(text)).toBe(parses({ subscribe: [text] }))
  })

  it.each(['userId', 'claims.groups', 'claims.', 'claims', 'groups', 'user', 'userIdx'])(
    'on the condition %j',
    (name) => {
      expect(variable.test(name)).toBe(parses({ when: { [name]: 'x' }, publish: ['a'] }))
    },
  )

  it('on the keys of a rule', () => {
    expect(Object.keys(schema.$defs.rule.properties).sort()).toEqual(
      ['description', 'when', ...grantKinds, 'request'].sort(),
    )
    for (const key of Object.keys(schema.$defs.rule.properties)) {
      const value = key === 'description' ? 'x' : key === 'when' ? { userId: 'x' } : ['a']
      expect(parses({ publish: ['a'], [key]: value })).toBe(true)
    }
  })

  it('on its own examples', () => {
    for (const text of schema.$defs.filterOrShared.examples) expect(parses({ subscribe: [text] })).toBe(true)
    for (const request of schema.$defs.rule.properties.request.examples) expect(parses({ request })).toBe(true)
    for (const when of schema.$defs.when.examples) expect(parses({ when, publish: ['a'] })).toBe(true)
  })
})
