import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { IPolicyValidationContext } from 'aws-cdk-lib'
import { topicCredentialsApp } from '../app.js'
import cases from './session-checks.cases.json' with { type: 'json' }
import { StackChecks } from './stack-checks.js'
import { record, text } from './template.js'

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
  /** In the code of the vending function: pattern and replacement. */
  readonly replace?: string[]
}

/** The stack as it is synthesized, with one thing changed. */
describe('what keeps sessions from being made without a session policy', () => {
  const sound = mkdtempSync(join(tmpdir(), 'session-checks-'))
  beforeAll(() => {
    topicCredentialsApp({ outdir: sound, builtinCloudFormationValidation: false }).synth()
  })
  afterAll(() => rmSync(sound, { recursive: true }))

  const check = (folder: string): ReturnType<StackChecks['validate']> => {
    const templatePaths = [join(folder, 'TopicCredentials.template.json')]
    return new StackChecks().validate({ templatePaths } as unknown as IPolicyValidationContext)
  }

  it('the stack as it is passes, with the wide ceiling too', () => {
    expect(check(sound)).toEqual({ success: true, violations: [] })
    const wide = mkdtempSync(join(tmpdir(), 'session-checks-wide-'))
    const context = { ceiling: 'AWSIoTFullAccess' }
    topicCredentialsApp({ outdir: wide, context, builtinCloudFormationValidation: false }).synth()
    expect(check(wide).success).toBe(true)
    rmSync(wide, { recursive: true })
  })

  it.each(cases as (Case & { name: string })[])('$rule: $name', ({ rule, found, ...changes }) => {
    const copy = mkdtempSync(join(tmpdir(), 'session-checks-copy-'))
    cpSync(sound, copy, { recursive: true })
    change(copy, changes)
    const { violations } = check(copy)
    rmSync(copy, { recursive: true })
    expect(violations.filter(({ ruleName }) => ruleName === rule).map(({ description }) => description)).toContainEqual(
      expect.stringContaining(found),
    )
  })
})

function change(folder: string, { change: name, properties, add, replace }: Omit<Case, 'rule' | 'found'>): void {
  const file = join(folder, 'TopicCredentials.template.json')
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }
  const idOf = (part: string, type: string): string => {
    const named = Object.entries(template.Resources).filter(([id, { Type }]) => Type === type && id.includes(part))
    return named[0]?.[0] ?? ''
  }
  const ids: Record<string, string> = {
    TopicRole: idOf('TopicRole', 'AWS::IAM::Role'),
    VendorRole: idOf('VendorRole', 'AWS::IAM::Role'),
    VendingFunction: idOf('VendingFunction', 'AWS::Lambda::Function'),
  }
  const s3Key = text(record(template.Resources[ids.VendingFunction ?? '']?.Properties.Code).S3Key)
  const real = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(/"(TopicRole|VendorRole)"/gu, (_, key: string) => `"${ids[key]}"`)
        .replace("<vendor's>", s3Key),
    ) as T
  if (name !== undefined) Object.assign(template.Resources[ids[name] ?? '']?.Properties ?? {}, real(properties))
  if (add !== undefined) template.Resources.Added = real(add)
  writeFileSync(file, JSON.stringify(template))
  if (replace === undefined) return
  const asset = `asset.${s3Key.replace('.zip', '')}`
  expect(readdirSync(folder)).toContain(asset)
  const module = join(folder, asset, 'index.mjs')
  const [pattern = '', replacement = ''] = replace
  const code = readFileSync(module, 'utf8')
  expect(code).toMatch(new RegExp(pattern, 'u'))
  writeFileSync(module, code.replace(new RegExp(pattern, 'u'), replacement))
}
