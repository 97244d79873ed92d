import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { IPolicyValidationContext } from 'aws-cdk-lib'
import sessionCases from './session-checks.cases.json' with { type: 'json' }
import cases from './stack-checks.cases.json' with { type: 'json' }
import { StackChecks } from './stack-checks.js'

describe('StackChecks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-checks-'))
  const templatePath = join(folder, 'template.json')
  afterAll(() => rmSync(folder, { recursive: true }))

  const check = (resource: object): ReturnType<StackChecks['validate']> => {
    writeFileSync(templatePath, JSON.stringify({ Resources: { It: resource } }))
    return new StackChecks().validate({ templatePaths: [templatePath] } as unknown as IPolicyValidationContext)
  }

  it.each(cases)('$rule: finds the broken one, passes the sound one', ({ rule, broken, sound }) => {
    const { success, violations } = check(broken)
    expect(success).toBe(false)
    expect(violations.map(({ ruleName }) => ruleName)).toContain(rule)
    expect(violations[0]?.violatingResources).toEqual([
      { resourceLogicalId: 'It', templatePath, locations: [expect.stringMatching(/^Properties\./u)] },
    ])
    expect(check(sound)).toEqual({ success: true, violations: [] })
  })

  it('has a case for each of its rules, here or in session-checks.test.ts', () => {
    const rules = [...cases.map(({ rule }) => rule), ...sessionCases.map(({ rule }) => rule)]
    expect(new Set(rules)).toEqual(new Set(new StackChecks().ruleIds))
  })
})
