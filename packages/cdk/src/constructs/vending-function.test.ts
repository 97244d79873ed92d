import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { text } from '../checks/template.js'
import { propertiesOf } from '../testing/synthesized.js'
import { DataEndpoint } from './data-endpoint.js'
import { TopicRole } from './topic-role.js'
import { VendingFunction, type VendingFunctionProps } from './vending-function.js'
import { VendorRole } from './vendor-role.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

function entitledTo(topic: string): object {
  return { entitlements: [{ publish: [topic] }] }
}

function vend(stack: Stack, entitlements: object, settings: Partial<VendingFunctionProps> = {}): void {
  const vendor = new VendorRole(stack, 'VendorRole')
  const topics = new TopicRole(stack, 'TopicRole', { vendor: vendor.role, entitlements })
  const endpoint = new DataEndpoint(stack, 'Endpoint')
  const vending = new VendingFunction(stack, 'Vending', { vendor, topics, endpoint, entitlements, ...settings })
  vending.takeEventsOf(new HttpApi(stack, 'Api'))
}

describe('VendingFunction', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'vending-function-'))
  let template: Template
  beforeAll(() => {
    const app = new App({ outdir, builtinCloudFormationValidation: false })
    const stack = new Stack(app, 'One')
    vend(stack, entitledTo('one'), { concurrency: 7, cacheSeconds: 30, spreadSeconds: 2_200 })
    vend(new Stack(app, 'Two'), entitledTo('two'))
    template = Template.fromStack(stack)
  })
  afterAll(() => rmSync(outdir, { recursive: true }))

  it.each([-1, 301, 1.5, Number.NaN])('cacheSeconds %d is refused', (cacheSeconds) => {
    const stack = new Stack(new App(), 'Test')
    expect(() => vend(stack, entitledTo('one'), { cacheSeconds })).toThrow(`cacheSeconds is ${cacheSeconds}`)
  })

  it.each([0, 86_401, 1.5, Number.NaN])('spreadSeconds %d is refused', (spreadSeconds) => {
    const stack = new Stack(new App(), 'Test')
    expect(() => vend(stack, entitledTo('one'), { spreadSeconds })).toThrow(`spreadSeconds is ${spreadSeconds}`)
  })

  it('runs the bundle', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'Vending')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 10,
      ReservedConcurrentExecutions: 7,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/^VendingLog/u) } },
    })
  })

  it('has the role and the endpoint in its environment', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'Vending').Environment).toEqual({
      Variables: {
        ROLE_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^TopicRole/u), 'Arn'] },
        API_ID: { Ref: expect.stringMatching(/^Api/u) },
        IOT_ENDPOINT: { 'Fn::GetAtt': [expect.stringMatching(/^EndpointLookup/u), 'endpointAddress'] },
        PROVERS: 'iam',
        CACHE_SECONDS: '30',
        SPREAD_SECONDS: '2200',
        USER_PREFIX: 'One~~',
      },
    })
  })

  it.each([
    ['TopicCredentials', undefined, undefined],
    ['Staging', undefined, 'Staging~~'],
    ['Staging', '', undefined],
    ['TopicCredentials', 'eu.', 'eu.'],
  ])('in the stack %s with the prefix %j has the user prefix %j', (stackName, userPrefix, expected) => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), stackName)
    vend(stack, entitledTo('one'), { userPrefix })
    const { Environment } = propertiesOf(Template.fromStack(stack), 'AWS::Lambda::Function', 'Vending')
    expect((Environment as { Variables: Record<string, unknown> }).Variables.USER_PREFIX).toBe(expected)
  })

  it.each(['a/b', '+', 'a b', '#'])('refuses the prefix %j', (userPrefix) => {
    const stack = new Stack(new App(), 'Test')
    expect(() => vend(stack, entitledTo('one'), { userPrefix })).toThrow(`userPrefix is '${userPrefix}'`)
  })

  it('contains its own entitlements, even if an app has two', () => {
    const shipped = readdirSync(outdir, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('entitlements.json'))
      .map((file) => JSON.parse(readFileSync(join(outdir, file), 'utf8')) as object)
    expect(shipped).toHaveLength(2)
    expect(shipped).toEqual(expect.arrayContaining([entitledTo('one'), entitledTo('two')]))
  })

  it('can only write its log and assume the topic role', () => {
    const role = propertiesOf(template, 'AWS::IAM::Role', 'VendorRole')
    const policies = Object.values(template.findResources('AWS::IAM::Policy'))
      .map(
        ({ Properties }) =>
          Properties as { Roles: unknown[]; PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] } },
      )
      .filter(({ Roles }) => Roles.map(text).some((name) => name.startsWith('<VendorRole')))
    expect(role).not.toHaveProperty('ManagedPolicyArns')
    expect(role).not.toHaveProperty('Policies')
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    expect(statements.map(({ Action, Resource }) => [Action, text(Resource)])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], expect.stringMatching(/^<VendingLog\w+\.Arn>$/u)],
      [['sts:AssumeRole', 'sts:SetSourceIdentity'], expect.stringMatching(/^<TopicRole\w+\.Arn>$/u)],
      [['sts:AssumeRole', 'sts:SetSourceIdentity'], expect.stringMatching(/^<TopicRole\w+\.Arn>$/u)],
    ])
  })

  it('sends traces, and has the permission for them, only if tracing is set', () => {
    const traced = (settings: Partial<VendingFunctionProps>): Template => {
      const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Traced')
      vend(stack, entitledTo('one'), settings)
      return Template.fromStack(stack)
    }
    const tracing = (of: Template): unknown => propertiesOf(of, 'AWS::Lambda::Function', 'Vending').TracingConfig
    const asked = traced({ tracing: true })
    expect(tracing(asked)).toEqual({ Mode: 'Active' })
    expect(JSON.stringify(asked.toJSON())).toContain('"Sid":"SendTraces"')
    expect(tracing(template)).toBeUndefined()
    expect(JSON.stringify(template.toJSON())).not.toContain('xray:')
  })

  it('is created after its permission to log', () => {
    const [resource] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
      id.startsWith('Vending'),
    )
    expect(resource?.[1].DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^VendorRoleLog/u)]))
  })

  it('is the only user of its role that can vend', () => {
    const [vend] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('RoleVend'))
    const [, statement] = (vend?.[1].Properties.PolicyDocument.Statement ?? []) as object[]
    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^VendingFunction/u), 'Arn'] }
    expect(statement).toMatchObject({
      Effect: 'Deny',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Condition: { ArnNotEquals: { 'lambda:SourceFunctionArn': arn } },
    })
  })

  it('is not synthesized without an API', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test')
    const vendor = new VendorRole(stack, 'VendorRole')
    const entitlements = entitledTo('one')
    const topics = new TopicRole(stack, 'TopicRole', { vendor: vendor.role, entitlements })
    const endpoint = new DataEndpoint(stack, 'Endpoint')
    new VendingFunction(stack, 'Vending', { vendor, topics, endpoint, entitlements })
    expect(() => Template.fromStack(stack)).toThrow('Test/Vending has no API')
  })
})
