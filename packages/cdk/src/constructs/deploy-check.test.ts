import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import { App, CfnResource, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { text } from '../checks/template.js'
import { propertiesOf } from '../testing/synthesized.js'
import { TopicCredentials, type TopicCredentialsProps } from './topic-credentials.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

const entitlements = { entitlements: [{ publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] }] }

function synthesize(props: Partial<TopicCredentialsProps> = {}): Template {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test')
  new TopicCredentials(stack, 'It', { entitlements, ...props })
  return Template.fromStack(stack)
}

function environment(template: Template): Record<string, unknown> {
  return (
    propertiesOf(template, 'AWS::Lambda::Function', 'ItDeployCheck').Environment as {
      Variables: Record<string, unknown>
    }
  ).Variables
}

function triggerId(template: Template): string {
  return Object.keys(template.findResources('Custom::Trigger')).join()
}

function thrown(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

describe('DeployCheck', () => {
  let template: Template
  beforeAll(() => {
    template = synthesize()
  })

  it('is awaited by the deployment, for as long as a first connection can take', () => {
    expect(propertiesOf(template, 'Custom::Trigger')).toMatchObject({
      HandlerArn: { 'Fn::GetAtt': [expect.stringMatching(/^ItDeployCheckFunction/u), 'Arn'] },
      InvocationType: 'RequestResponse',
      Timeout: '870000',
    })
    // A version would have the environment of an earlier deployment.
    expect(template.findResources('AWS::Lambda::Version')).toEqual({})
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'ItDeployCheck')).toMatchObject({ Timeout: 840 })
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'AWSCDKTrigger')).toMatchObject({ Timeout: 900 })
  })

  it('runs after all checked resources exist', () => {
    const [trigger] = Object.values(template.findResources('Custom::Trigger'))
    const all = Object.keys(template.toJSON().Resources as object).filter((id) =>
      /^It(VendorRole|DataEndpoint|TopicRole|VendingFunction|Api)/u.test(id),
    )
    expect(all.length).toBeGreaterThan(15)
    expect(trigger?.DependsOn).toEqual(expect.arrayContaining(all))
  })

  it('has a new logical ID if anything in the stack changes, and the same one otherwise', () => {
    const app = new App({ builtinCloudFormationValidation: false })
    const stack = new Stack(app, 'Test')
    new TopicCredentials(stack, 'It', { entitlements, corsOrigins: ['https://app.example.com'] })
    new Topic(stack, 'SomethingElse')
    const resources = stack.node.findAll().filter(CfnResource.isCfnResource)
    const [trigger] = resources.filter(({ cfnResourceType }) => cfnResourceType === 'Custom::Trigger')
    const id = (): string => stack.resolve(trigger?.logicalId)
    const before = id()
    expect(before).toMatch(/^ItDeployCheckTrigger[0-9A-F]{8}[0-9a-f]{16}$/u)
    expect(resources.length).toBeGreaterThan(30)
    const seen = new Set([before])
    for (const resource of resources.filter((one) => one !== trigger)) {
      resource.addPropertyOverride('Description', `changed: ${resource.node.path}`)
      seen.add(id())
    }
    expect(seen.size).toBe(resources.length)
    expect(triggerId(synthesize({}))).toBe(triggerId(template))
    trigger?.addPropertyOverride('Description', 'changed')
    for (const resource of resources) resource.addMetadata('Changed', 'by the command line')
    expect(seen).toContain(id())
  })

  it('has a new logical ID for every setting', () => {
    const changes: Partial<TopicCredentialsProps>[] = [
      {},
      { entitlements: { entitlements: [{ publish: ['users/${userId}/#'] }] } },
      { ceiling: 'AWSIoTFullAccess' },
      { roleName: 'another' },
      { throttle: { rateLimit: 1, burstLimit: 1 } },
      { cacheSeconds: 1 },
      { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:a' },
    ]
    expect(new Set(changes.map((change) => triggerId(synthesize(change)))).size).toBe(changes.length)
  })

  it('can request credentials on one route, and try to assume the topic role', () => {
    const { Policies, ManagedPolicyArns } = propertiesOf(template, 'AWS::IAM::Role', 'ItDeployCheck')
    const [{ PolicyDocument }] = Policies as [
      { PolicyDocument: { Statement: { Action: string; Resource: unknown }[] } },
    ]
    expect(ManagedPolicyArns).toBeUndefined()
    expect(PolicyDocument.Statement.map(({ Action, Resource }) => [Action, text(Resource)])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], expect.stringMatching(/^<ItDeployCheckLog\w+\.Arn>$/u)],
      ['execute-api:Invoke', expect.stringMatching(/:<ItApi\w+>\/\$default\/POST\/credentials$/u)],
      ['sts:AssumeRole', expect.stringMatching(/^<ItTopicRole\w+\.Arn>$/u)],
    ])
  })

  it('can write only its own item of the access table', () => {
    const { PolicyDocument } = propertiesOf(template, 'AWS::IAM::Policy', 'ItDeployCheckOwnItem') as {
      PolicyDocument: { Statement: Record<string, unknown>[] }
    }
    expect(PolicyDocument.Statement).toEqual([
      {
        Sid: 'WriteOwnItem',
        Effect: 'Allow',
        Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ItAccessTable/u), 'Arn'] },
        Condition: {
          'ForAllValues:StringEquals': {
            'dynamodb:LeadingKeys': [
              { 'Fn::Join': ['', ['role#', { Ref: expect.stringMatching(/^ItDeployCheckRole/u) }]] },
            ],
          },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ])
    expect(environment(template).BEYOND_CEILING).toBe('#')
    for (const ceiling of ['AWSIoTFullAccess', ['#']] as const) {
      expect(environment(synthesize({ ceiling }))).not.toHaveProperty('BEYOND_CEILING')
    }
    const onlyFile = synthesize({ access: 'file' })
    expect(environment(onlyFile)).not.toHaveProperty('ACCESS_TABLE')
    expect(JSON.stringify(onlyFile.toJSON())).not.toContain('LeadingKeys')
  })

  it('leaves only the needed permissions to the trigger function', () => {
    const role = propertiesOf(template, 'AWS::IAM::Role', 'AWSCDKTrigger')
    const [{ PolicyDocument }] = role.Policies as [{ PolicyDocument: { Statement: { Action: unknown }[] } }]
    expect(role).not.toHaveProperty('ManagedPolicyArns')
    expect(PolicyDocument.Statement.map(({ Action }) => Action)).toEqual([
      ['lambda:InvokeFunction'],
      ['lambda:InvokeFunction'],
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ])
  })

  it('uses the STS endpoint of the Region', () => {
    expect(text(environment(template).STS_URL)).toBe('https://sts.<AWS.Region>.<AWS.URLSuffix>')
  })

  it('has its own route with IAM signatures if users have tokens', () => {
    const jwt = { issuer: 'https://login.example.com/', audience: ['app'], scope: 'mqtt' }
    const withTokens = synthesize({ jwt })
    expect(text(environment(withTokens).CREDENTIALS_URL)).toMatch(/\/deploy-check\/credentials$/u)
    const routes = Object.values(withTokens.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ])
    expect(routes).toContainEqual(['POST /deploy-check/credentials', 'AWS_IAM'])
    expect(routes).toContainEqual(['POST /credentials', 'JWT'])
    const without = synthesize({ jwt, deployCheck: false })
    expect(JSON.stringify(without.toJSON())).not.toContain('deploy-check')
  })

  it('has a remedy if the entitlements grant nothing to the check', () => {
    const nothing = { entitlements: [{ when: { 'claims.groups': 'operators' }, subscribe: ['devices/#'] }] }
    const failure = thrown(() => synthesize({ entitlements: nothing }))
    expect(failure).toMatchObject({ code: 'nothing_to_check', message: expect.stringContaining('deployCheck: ') })
    expect(failure).toMatchObject({ remedy: expect.stringContaining('-c deployCheck=false') })
    expect(() => synthesize({ entitlements: nothing, deployCheck: false })).not.toThrow()
  })

  it('refuses unconditional grants that do not fit one session', () => {
    const filters = Array.from(
      { length: 40 },
      (_, index) => `a-topic-of-some-length/number-${index * 7919}/${'${userId}'}`,
    )
    const plenty = { entitlements: [{ publish: filters }] }
    const failure = thrown(() => synthesize({ entitlements: plenty }))
    const message = expect.stringMatching(/do not fit one session: .*more than STS allows.*\/\$\{userId\}/u)
    expect(failure).toMatchObject({ code: 'grants_too_large', message })
    expect(failure).toMatchObject({ remedy: expect.stringContaining('-c deployCheck=false') })
  })

  it('can be created twice in one stack', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test')
    new TopicCredentials(stack, 'One', { entitlements, roleName: 'one' })
    new TopicCredentials(stack, 'Two', { entitlements, roleName: 'two' })
    expect(Object.keys(Template.fromStack(stack).findResources('Custom::Trigger'))).toHaveLength(2)
  })
})
