import { describe, expect, it } from '@jest/globals'
import { ceilingPolicy } from './ceiling.js'
import { parseEntitlements } from './entitlements.js'
import { beyond, parseGrantRule, reachOf, withCeiling } from './reach.js'

const file = parseEntitlements({
  entitlements: [
    { publish: ['test', 'users/${userId}/#', 'dev-${userId}/x'] },
    { when: { 'claims.groups': 'operators' }, subscribe: ['devices/+/telemetry'] },
  ],
})
const nothing = { publish: [], subscribe: [], retain: [] }

describe('reachOf', () => {
  it('contains the templates of the file with + for variables, and the declared filters', () => {
    expect(reachOf(file, [])).toEqual({
      publish: ['test', 'users/+/#'],
      subscribe: ['devices/+/telemetry'],
      retain: [],
    })
    expect(reachOf(file, ['tenants/+/#', '$share/g/jobs']).subscribe).toEqual([
      'devices/+/telemetry',
      'tenants/+/#',
      '$share/g/jobs',
    ])
    expect(reachOf(file, ['$share/g/jobs', '$aws/x']).retain).toEqual([])
    expect(reachOf(file, ['$share/g/jobs', '$aws/x']).publish).toContain('$aws/x')
  })

  it.each([
    [{ ...nothing, publish: ['users/bob/a'] }, true],
    [{ ...nothing, publish: ['users/+/#'] }, true],
    [{ ...nothing, publish: ['users/#'] }, false],
    [{ ...nothing, subscribe: ['users/bob/a'] }, false],
    [{ ...nothing, publish: ['dev-bob/x'] }, false],
    [{ ...nothing, subscribe: ['tenants/a/b', 'tenants/+/c/#'] }, true],
    [{ ...nothing, retain: ['tenants/a/#'] }, true],
    [{ ...nothing, subscribe: ['tenants/#'] }, false],
  ])('%j within: %s', (grants, within) => {
    const missing = beyond(reachOf(file, ['tenants/+/#']), grants as never)
    expect(missing.length === 0).toBe(within)
  })

  it('refuses a string that is not a filter, with its value', () => {
    expect(() => reachOf(file, ['a/#/b'])).toThrow(
      expect.objectContaining({ code: 'invalid_template', value: 'a/#/b' }),
    )
  })
})

it('the policy of the role contains the declared filters', () => {
  const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }
  const text = JSON.stringify(ceilingPolicy(withCeiling(file, ['tenants/+/#']), scope))
  expect(text).toContain(':topic/tenants/*/*')
  expect(text).toContain(':topicfilter/tenants/*/*')
  expect(JSON.stringify(ceilingPolicy(file, scope))).not.toContain('tenants')
})

it('grants from outside the file can use its variables, and errors contain their place', () => {
  const rule = parseGrantRule({ ...nothing, publish: ['users/${userId}/a'] }, 'group#ops')
  expect(rule.templates.map(({ place, text }) => [place, text])).toEqual([
    ['group#ops.publish[0]', 'users/${userId}/a'],
  ])
  expect(() => parseGrantRule({ ...nothing, subscribe: ['a/${user}'] }, 'group#ops')).toThrow(
    expect.objectContaining({ code: 'unknown_variable', place: 'group#ops.subscribe[0]' }),
  )
})
