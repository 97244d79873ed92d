import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { App, Aspects, Validations } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { AwsSolutionsChecks } from 'cdk-nag'
import { ChatStack } from '../examples/chat-app.js'
import { topicCredentialsApp } from './app.js'
import { StackChecks } from './checks/stack-checks.js'
import { statements } from './checks/statements.js'
import { text } from './checks/template.js'
import { TopicCredentialsStack } from './topic-credentials-stack.js'

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

type Template = { Resources: Record<string, object>; Outputs: Record<string, { Value: unknown }> }

/** Synthesizes with every check but AWS's own, which takes seconds and runs in each real synthesis. */
const synthesize = (context: Record<string, unknown> = {}): Template =>
  topicCredentialsApp({ context, builtinCloudFormationValidation: false }).synth().getStackByName('TopicCredentials')
    .template

const folder = mkdtempSync(join(tmpdir(), 'app-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the stack', () => {
  let template: Template
  beforeAll(() => {
    template = synthesize()
  })

  it('tells clients what they need, under the names that they know', () => {
    const values = Object.entries(template.Outputs).map(([name, { Value }]) => [name, text(Value)])
    expect(Object.fromEntries(values)).toEqual({
      CredentialsUrl: expect.stringMatching(/^<CredentialsApi\w+\.ApiEndpoint>\/credentials$/),
      IotEndpoint: expect.stringMatching(/^<CredentialsDataEndpoint\w+\.endpointAddress>$/),
      Region: '<AWS.Region>',
      RoleArn: expect.stringMatching(/^<CredentialsTopicRole\w+\.Arn>$/),
      FunctionName: expect.stringMatching(/^<CredentialsVendingFunction\w+>$/),
    })
  })

  it('is the same each time, its assets too', () => {
    expect(synthesize()).toEqual(template)
  })

  it('has not changed unnoticed (UPDATE_SNAPSHOTS=1 accepts a change)', () => {
    const snapshot = fileURLToPath(new URL('../../lib/app.snapshot.json', import.meta.url))
    const stable = JSON.stringify(template, null, 2)
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<asset hash>')
      .replaceAll(/(?<=CurrentVersion)[0-9a-fA-F]{40}/g, '<version>')
      .replaceAll(/(?<="SUBJECT": ")[0-9a-f]+/g, '<digest>')
    if (process.env.UPDATE_SNAPSHOTS !== undefined) writeFileSync(snapshot, `${stable}\n`)
    expect(JSON.parse(stable)).toEqual(JSON.parse(readFileSync(snapshot, 'utf8')))
  })

  it('says for each statement why it is there', () => {
    const said = Object.entries(template.Resources).flatMap(([logicalId, resource]) =>
      sids(resource).map((sid) => [logicalId, sid ?? (resource as Described).Properties?.Description]),
    )
    expect(said.length).toBeGreaterThan(10)
    expect(said.filter(([, reason]) => reason === undefined)).toEqual([])
  })

  it('names what it is about wherever IAM takes a name', () => {
    const wide = statements(template as never)
      .filter(({ kind }) => kind === 'permissions')
      .flatMap(({ actions, resources }) => resources.map((resource) => `${actions.join(' ')} ${resource}`))
      .filter((statement) => statement.includes('*'))
      .map((statement) => statement.replaceAll(/[0-9A-F]{8}(?=\.)/g, ''))
    const here = 'arn:<AWS.Partition>:iot:<AWS.Region>:<AWS.AccountId>'
    expect(wide).toEqual([
      'iot:DescribeEndpoint *',
      `iot:Connect ${here}:client/*:*`,
      `iot:Publish ${here}:topic/users/*/*`,
      `iot:Receive ${here}:topic/devices/*/telemetry`,
      `iot:Receive ${here}:topic/users/*/*`,
      `iot:Subscribe ${here}:topicfilter/devices/*/telemetry`,
      `iot:Subscribe ${here}:topicfilter/users/*/*`,
      'lambda:InvokeFunction <CredentialsDeployCheckFunction.Arn>:*',
    ])
  })
})

interface Described {
  readonly Properties?: { readonly Description?: string }
}

/** The Sid of each IAM statement in a resource; undefined for one without. */
function sids(value: unknown): (string | undefined)[] {
  if (typeof value !== 'object' || value === null) return []
  const { Effect, Sid } = value as { Effect?: string; Sid?: string }
  return Effect === undefined ? Object.values(value).flatMap(sids) : [Sid]
}

describe('variants that pass every check', () => {
  const jwt = { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app', jwtScope: 'mqtt' }

  it.each([
    ['the wide ceiling', { ceiling: 'AWSIoTFullAccess' }],
    ['tokens', jwt],
    ['tokens and backends', { ...jwt, backends: 'true' }],
    ['browsers', { corsOrigins: 'https://app.example.com' }],
    ['a limit', { concurrency: '10' }],
    ['alarms that tell somebody', { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call' }],
    ['traces', { tracing: 'true' }],
    ['no check', { deployCheck: 'false' }],
  ])('%s', (_, context) => {
    expect(Object.keys(synthesize(context).Outputs)).toHaveLength(5)
  })

  it.each(['eu-west-1', 'us-west-2'])('named for one account in %s', (region) => {
    const app = new App({ builtinCloudFormationValidation: false })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new StackChecks())
    const entitlements = { entitlements: [{ publish: ['test/#'], subscribe: ['test/#'] }] }
    new TopicCredentialsStack(app, 'Named', { entitlements, env: { account: '123456789012', region } })
    expect(() => app.synth()).not.toThrow()
  })

  it("somebody's own stack with the construct in it", () => {
    const app = new App({ builtinCloudFormationValidation: false })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new StackChecks())
    new ChatStack(app, 'Chat')
    const { template } = app.synth().getStackByName('Chat') as { template: Template }
    expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(['ChatCredentialsUrl', 'ChatEndpoint']))
  })
})

describe('what does not synthesize', () => {
  it('entitlements with a mistake: the error names file and place', () => {
    const file = join(folder, 'mine.json')
    writeFileSync(file, '{"entitlements":[{"publish":["test"]},{"subscribe":["users/${user}/#"]}]}')
    expect(() => synthesize({ entitlements: file })).toThrow(`${file}: entitlements[1].subscribe[0]`)
  })

  it('a trust that somebody opened by hand', () => {
    const app = topicCredentialsApp({ builtinCloudFormationValidation: false })
    Aspects.of(app).add({
      visit(node) {
        if (node instanceof CfnRole) node.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Principal', '*')
      },
    })
    expect(() => app.synth()).toThrow('trust-names-roles')
  })
})
