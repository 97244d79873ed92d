import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { IPolicyValidationContext } from 'aws-cdk-lib'
import { TopicCredentials, type TopicCredentialsProps } from '../constructs/topic-credentials.js'
import { synthesized } from '../testing/synthesized.js'
import cases from './session-checks.cases.json' with { type: 'json' }
import { StackChecks } from './stack-checks.js'

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>

interface Case {
  readonly rule: string
  readonly found: string
  /** These properties of a resource are replaced. */
  readonly change?: string
  readonly properties?: Record<string, unknown>
  /** This resource is added. */
  readonly add?: { Type: string; Properties: Record<string, unknown> }
}

const entitlements = { entitlements: [{ publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] }] }

function resourcesOf(props: Partial<TopicCredentialsProps> = {}): Resources {
  const template = synthesized((stack) => new TopicCredentials(stack, 'Credentials', { entitlements, ...props }))
  return template.toJSON().Resources as Resources
}

/** All that vends credentials, with one thing changed. */
describe('what keeps sessions from being made without a session policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'session-checks-'))
  let sound: Resources
  beforeAll(() => {
    sound = resourcesOf()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const check = (Resources: Resources): ReturnType<StackChecks['validate']> => {
    const templatePath = join(folder, 'template.json')
    writeFileSync(templatePath, JSON.stringify({ Resources }))
    return new StackChecks().validate({ templatePaths: [templatePath] } as unknown as IPolicyValidationContext)
  }

  it('the constructs as they are pass, with the wide ceiling too', () => {
    expect(check(sound)).toEqual({ success: true, violations: [] })
    expect(check(resourcesOf({ ceiling: 'AWSIoTFullAccess' })).success).toBe(true)
  })

  it.each(cases as (Case & { name: string })[])('$rule: $name', ({ rule, found, ...changes }) => {
    const { violations } = check(changed(sound, changes))
    expect(violations.filter(({ ruleName }) => ruleName === rule).map(({ description }) => description)).toContainEqual(
      expect.stringContaining(found),
    )
  })
})

function changed(sound: Resources, { change, properties, add }: Omit<Case, 'rule' | 'found'>): Resources {
  const resources = structuredClone(sound)
  const idOf = (part: string, type: string): string =>
    Object.keys(resources).find((id) => id.includes(part) && resources[id]?.Type === type) ?? ''
  const ids: Record<string, string> = {
    TopicRole: idOf('TopicRole', 'AWS::IAM::Role'),
    VendorRole: idOf('VendorRole', 'AWS::IAM::Role'),
    VendingFunction: idOf('VendingFunction', 'AWS::Lambda::Function'),
  }
  const real = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(/"(TopicRole|VendorRole)"/gu, (_, key: string) => `"${ids[key]}"`)) as T
  if (change !== undefined) Object.assign(resources[ids[change] ?? '']?.Properties ?? {}, real(properties))
  if (add !== undefined) resources.Added = real(add)
  return resources
}
