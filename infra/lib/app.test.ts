import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { StackChecks } from '@topic-credentials/cdk'
import { text } from '@topic-credentials/cdk/checks'
import { App, Aspects, Validations } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { AwsSolutionsChecks } from 'cdk-nag'
import { AppFunctionStack } from '../examples/app-function.js'
import { ChatStack } from '../examples/chat-app.js'
import { CustomDomainStack } from '../examples/custom-domain.js'
import { IdentityPoolStack } from '../examples/identity-pool.js'
import { UserPoolStack } from '../examples/user-pool.js'
import { topicCredentialsApp } from './app.js'

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

type Template = { Resources: Record<string, object>; Outputs: Record<string, { Value: unknown }> }

/** Synthesizes with every check but AWS's own, which takes seconds and runs in each real synthesis. */
function synthesize(context: Record<string, unknown> = {}): Template {
  return topicCredentialsApp({ context, builtinCloudFormationValidation: false })
    .synth()
    .getStackByName('TopicCredentials').template
}

const entitlementsFile = fileURLToPath(new URL('../../entitlements.json', import.meta.url))

/** The stacks that docs/guides show. */
const examples: Record<string, (app: App) => unknown> = {
  Chat: (app) => new ChatStack(app, 'Chat'),
  AppFunction: (app) => new AppFunctionStack(app, 'AppFunction'),
  UserPool: (app) => new UserPoolStack(app, 'UserPool', { entitlementsFile, origin: 'https://app.example.com' }),
  IdentityPool: (app) => new IdentityPoolStack(app, 'IdentityPool', { entitlementsFile }),
  CustomDomain: (app) =>
    new CustomDomainStack(app, 'CustomDomain', {
      entitlementsFile,
      domainName: 'credentials.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
    }),
}

const boundary = 'arn:aws:iam::123456789012:policy/boundary'
const folder = mkdtempSync(join(tmpdir(), 'app-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the stack', () => {
  let template: Template
  beforeAll(() => {
    template = synthesize()
  })

  it('has the outputs that clients read, with their names', () => {
    const values = Object.entries(template.Outputs).map(([name, { Value }]) => [name, text(Value)])
    expect(Object.fromEntries(values)).toEqual({
      CredentialsUrl: expect.stringMatching(/^<CredentialsApi\w+\.ApiEndpoint>\/credentials$/u),
      IotEndpoint: expect.stringMatching(/^<CredentialsDataEndpoint\w+\.endpointAddress>$/u),
      Region: '<AWS.Region>',
      AccessTable: expect.stringMatching(/^<CredentialsAccessTable\w+>$/u),
      RoleArn: expect.stringMatching(/^<CredentialsTopicRole\w+\.Arn>$/u),
      FunctionName: expect.stringMatching(/^<CredentialsVendingFunction\w+>$/u),
      CheckFunctionName: expect.stringMatching(/^<CredentialsDeployCheckFunction\w+>$/u),
    })
  })

  it('is ASCII: CloudFormation gives anything else back as question marks', () => {
    expect(JSON.stringify(synthesize({ tracing: 'true' }))).toMatch(/^[\x20-\x7e]*$/u)
  })

  it('has its settings beside it, without what belongs to the CDK: a stand-in synthesizes it again with them', () => {
    const outdir = join(folder, 'with-settings')
    const context = { rateLimit: '7', entitlements: entitlementsFile, 'aws:cdk:enable-path-metadata': true }
    topicCredentialsApp({ outdir, context, builtinCloudFormationValidation: false })
    const settings = JSON.parse(readFileSync(join(outdir, 'settings.json'), 'utf8'))
    expect(settings).toEqual({ rateLimit: '7', entitlements: entitlementsFile })
  })

  it('is the same each time, its assets too', () => {
    expect(synthesize()).toEqual(template)
  })

  it('has not changed unnoticed (UPDATE_SNAPSHOTS=1 accepts a change)', () => {
    const snapshot = fileURLToPath(new URL('../../lib/app.snapshot.json', import.meta.url))
    const stable = JSON.stringify(template, null, 2)
      .replaceAll(/\b[0-9a-f]{64}\b/gu, '<asset hash>')
      .replaceAll(/(?<=CurrentVersion)[0-9a-fA-F]{40}/gu, '<version>')
      .replaceAll(/(?<=DeployCheckTrigger[0-9A-F]{8})[0-9a-f]{16}\b/gu, '<digest>')
    if (process.env.UPDATE_SNAPSHOTS !== undefined) writeFileSync(snapshot, `${stable}\n`)
    expect(JSON.parse(stable)).toEqual(JSON.parse(readFileSync(snapshot, 'utf8')))
  })
})

interface Described {
  readonly Type?: string
  readonly DeletionPolicy?: string
  readonly Properties?: { readonly PermissionsBoundary?: unknown }
}

describe('variants that pass every check', () => {
  const jwt = { jwtIssuer: 'https://login.example.com/', jwtAudience: 'app', jwtScope: 'mqtt' }

  it.each([
    ['the wide ceiling', { ceiling: 'AWSIoTFullAccess' }],
    ['tokens', jwt],
    ['tokens and backends', { ...jwt, backends: 'true' }],
    ['browsers', { corsOrigins: 'https://app.example.com' }],
    ['a limit', { concurrency: '10' }],
    ['alarms with a topic', { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call' }],
    ['traces', { tracing: 'true' }],
    ['no check', { deployCheck: 'false' }],
    ['a table that goes with the stack', { keepTable: 'false' }],
    [
      'a key of KMS for the table',
      { tableKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
    ],
    [
      'a function of the app’s own',
      { access: 'file', accessFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:grants' },
    ],
    ['a declared ceiling', { ceiling: 'tenants/+/#', groupsClaim: 'cognito:groups' }],
    ['a boundary', { permissionsBoundaryArn: boundary }],
  ])('%s', (_, context) => {
    expect(Object.keys(synthesize(context).Outputs)).toEqual(expect.arrayContaining(['CredentialsUrl', 'RoleArn']))
  })

  it.each([
    ['eu-west-1', {}],
    ['eu-west-1', jwt],
    ['eu-west-1', { ceiling: 'AWSIoTFullAccess' }],
    ['us-gov-west-1', {}],
    ['us-gov-west-1', jwt],
    ['us-gov-west-1', { ...jwt, ceiling: 'AWSIoTFullAccess' }],
  ])('for one account in %s, by AWS’s own validation too: %j', (region, context) => {
    const app = topicCredentialsApp({ context: { ...context, account: '123456789012', region } })
    const { environment, template } = app.synth().getStackByName('TopicCredentials')
    expect(environment).toMatchObject({ account: '123456789012', region })
    expect(Object.keys((template as Template).Outputs)).toEqual(expect.arrayContaining(['CredentialsUrl', 'RoleArn']))
  })

  it('a boundary is on every role, those of the deployment too; without the setting on none', () => {
    const boundaries = (context: Record<string, unknown>) =>
      Object.values(synthesize(context).Resources as Record<string, Described>)
        .filter(({ Type }) => Type === 'AWS::IAM::Role')
        .map(({ Properties }) => Properties?.PermissionsBoundary)
    expect(boundaries({ permissionsBoundaryArn: boundary })).toEqual(Array(5).fill(boundary))
    expect(boundaries({})).toEqual(Array(5).fill(undefined))
  })

  it('with another name, which distinguishes its role and its users', () => {
    const app = topicCredentialsApp({ context: { stackName: 'Staging' }, builtinCloudFormationValidation: false })
    const { template } = app.synth().getStackByName('Staging')
    expect(JSON.stringify(template)).toContain('"RoleName":"Staging-topics"')
    expect(JSON.stringify(template)).toContain('"USER_PREFIX":"Staging~~"')
    expect((template as Template).Outputs.UserPrefix).toMatchObject({ Value: 'Staging~~' })
  })

  it('with a key and a retention for every log, and logs that go with the stack', () => {
    const logKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    const groups = (context: Record<string, unknown>) =>
      Object.values(synthesize(context).Resources as Record<string, Described>).filter(
        ({ Type }) => Type === 'AWS::Logs::LogGroup',
      )
    const settled = groups({ logKeyArn, logRetentionDays: '365', keepLogs: 'false' })
    expect(settled).toHaveLength(5)
    for (const { Properties, DeletionPolicy } of settled) {
      expect(Properties).toMatchObject({ KmsKeyId: logKeyArn, RetentionInDays: 365 })
      expect(DeletionPolicy).toBe('Delete')
    }
    expect(groups({}).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(5).fill('Retain'))
  })

  it.each(Object.entries(examples))('an example: %s', (id, make) => {
    const app = new App({ builtinCloudFormationValidation: false })
    const checks = id === 'Chat' ? [new AwsSolutionsChecks(app), new StackChecks()] : [new StackChecks()]
    Validations.of(app).addPlugins(...checks)
    make(app)
    const { template } = app.synth().getStackByName(id) as { template: Template }
    expect(Object.keys(template.Outputs)).toContain('CredentialsUrl')
  })
})

describe('what does not synthesize', () => {
  it('entitlements with a mistake: the error names file and place', () => {
    const file = join(folder, 'mine.json')
    writeFileSync(file, '{"entitlements":[{"publish":["test"]},{"subscribe":["users/${user}/#"]}]}')
    expect(() => synthesize({ entitlements: file })).toThrow(`${file}: entitlements[1].subscribe[0]`)
  })

  it.each([
    ['a setting that is not there', { jwtScopes: 'mqtt' }, "Unknown setting 'jwtScopes'. Did you mean 'jwtScope'?"],
    [
      'a list with a blank',
      { corsOrigins: 'https://a.example.com /x' },
      "corsOrigins: 'https://a.example.com /x' is not",
    ],
    ['a missing file', { entitlements: 'none.json' }, 'none.json: ENOENT'],
    ['a role name', { roleName: 'two words' }, "The setting 'roleName' cannot be 'two words'. Set it to a name of"],
  ])('%s: one sentence on the command line, no stack trace', async (_, context, sentence) => {
    const app = fileURLToPath(new URL('../bin/app.js', import.meta.url))
    const env = { PATH: process.env.PATH, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) }
    const failure = await promisify(execFile)(process.execPath, [app], { env }).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    )
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) })
    expect(failure?.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('a manually opened trust policy', () => {
    const app = topicCredentialsApp({ builtinCloudFormationValidation: false })
    Aspects.of(app).add({
      visit(node) {
        if (node instanceof CfnRole) node.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Principal', '*')
      },
    })
    expect(() => app.synth()).toThrow('topic-role-for-sessions')
  })
})
