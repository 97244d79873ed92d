import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { IPolicyValidationContext } from 'aws-cdk-lib'
import { TopicCredentials, type TopicCredentialsProps } from '../constructs/topic-credentials.js'
import { synthesized } from '../testing/synthesized.js'
import notJudged from './not-judged.cases.json' with { type: 'json' }
import cases from './stack-checks.cases.json' with { type: 'json' }
import { StackChecks } from './stack-checks.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}
type Resources = Record<string, Resource>

interface Case {
  readonly name: string
  readonly rule: string
  readonly found: string
  /** These properties of a part are replaced. */
  readonly change?: string
  readonly properties?: Record<string, unknown>
  /** This resource is added. */
  readonly add?: Resource
  /** This resource is in another template of the app, which imports `exported`. */
  readonly other?: Resource
  readonly exports?: unknown
}

const entitlements = { entitlements: [{ publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] }] }
const jwt = { issuer: 'https://login.example.com/', audience: ['app'], scope: 'mqtt' }

function resourcesOf(props: Partial<TopicCredentialsProps>): Resources {
  const everything = { entitlements, roleName: 'topics', ...props }
  const template = synthesized((stack) => new TopicCredentials(stack, 'Credentials', everything))
  return template.toJSON().Resources as Resources
}

describe('StackChecks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-checks-'))
  let sound: Resources
  /** Names of the parts in the cases, and their logical IDs. */
  let parts: Record<string, string>
  beforeAll(() => {
    sound = resourcesOf({ jwt, backends: true, tracing: true })
    const idOf = (part: RegExp, type: string): string =>
      Object.keys(sound).find((id) => part.test(id) && sound[id]?.Type === type) ?? ''
    parts = {
      TopicRole: idOf(/TopicRole/u, 'AWS::IAM::Role'),
      VendorRole: idOf(/VendorRole/u, 'AWS::IAM::Role'),
      VendingFunction: idOf(/VendingFunction/u, 'AWS::Lambda::Function'),
      Api: idOf(/Api/u, 'AWS::ApiGatewayV2::Api'),
      Integration: idOf(/Vendor/u, 'AWS::ApiGatewayV2::Integration'),
      Authorizer: idOf(/Jwt/u, 'AWS::ApiGatewayV2::Authorizer'),
    }
    expect(Object.values(parts)).not.toContain('')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const real = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(/(?<=["{])([A-Za-z]+)(?=["}.])/gu, (word) => parts[word] ?? word)) as T

  const check = (...templates: object[]): ReturnType<StackChecks['validate']> => {
    const templatePaths = templates.map((template, index) => {
      const path = join(folder, `${index}.json`)
      writeFileSync(path, JSON.stringify(template))
      return path
    })
    return new StackChecks().validate({ templatePaths } as unknown as IPolicyValidationContext)
  }

  it.each([
    ['as it is by default', {}],
    ['with the wide ceiling', { ceiling: 'AWSIoTFullAccess' }],
    ['with everything', { jwt, backends: true, tracing: true, concurrency: 5 }],
    ['with a boundary', { permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary' }],
    ['without a check', { deployCheck: false }],
    [
      'with a KMS key for the table',
      { tableKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
    ],
    ['with an app function', { accessFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:grants:live' }],
  ] as [string, Partial<TopicCredentialsProps>][])('pass a valid stack, %s', (_, props) => {
    expect(check({ Resources: resourcesOf(props) })).toEqual({ success: true, violations: [] })
  })

  it('accept tokens of a user pool of the app, in the same template or in another one', () => {
    const pool = { Type: 'AWS::Cognito::UserPool' }
    const issuedBy = (Issuer: unknown): Resources => {
      const resources = structuredClone(sound)
      Object.assign(resources[parts.Authorizer ?? '']?.Properties ?? {}, {
        JwtConfiguration: { Issuer, Audience: ['app'] },
      })
      return resources
    }
    const url = { 'Fn::GetAtt': ['Users', 'ProviderURL'] }
    const passed = { success: true, violations: [] }
    expect(check({ Resources: { ...issuedBy(url), Users: pool } })).toEqual(passed)
    const exporting = { Resources: { Users: pool }, Outputs: { Url: { Value: url, Export: { Name: 'users-url' } } } }
    expect(check({ Resources: issuedBy({ 'Fn::ImportValue': 'users-url' }) }, exporting)).toEqual(passed)
  })

  it.each(notJudged as { name: string; add: Resources }[])('do not check %j', ({ add }) => {
    expect(check({ Resources: { ...sound, ...real(add) } })).toEqual({ success: true, violations: [] })
    expect(check({ Resources: real(add) })).toEqual({ success: true, violations: [] })
  })

  it.each(cases as Case[])('$rule: $name', ({ rule, found, change, properties, add, other, exports }) => {
    const resources = structuredClone(sound)
    if (change !== undefined) Object.assign(resources[parts[change] ?? '']?.Properties ?? {}, real(properties))
    if (add !== undefined) resources.Added = real(add)
    const Outputs = exports === undefined ? {} : { It: { Value: real(exports), Export: { Name: 'exported' } } }
    const { success, violations } = check(
      { Resources: resources, Outputs },
      ...(other === undefined ? [] : [{ Resources: { Other: other } }]),
    )
    expect(success).toBe(false)
    const ours = violations.filter(({ ruleName }) => ruleName === rule)
    expect(ours.map(({ description }) => description)).toContainEqual(expect.stringContaining(found))
    expect(ours[0]?.violatingResources[0]?.locations?.[0]).toMatch(/^Properties/u)
  })

  it('have cases for each rule', () => {
    expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set(new StackChecks().ruleIds))
  })
})
