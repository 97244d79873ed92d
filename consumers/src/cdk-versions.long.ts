import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs, tool } from './testing/tools.js'

/** An app with the lowest CDK of the peer range, and with the highest one in the registry: compiled, synthesized, checked, deployed. */

const { peerDependencies } = JSON.parse(readFileSync(join(root, 'packages/cdk/package.json'), 'utf8')) as {
  readonly peerDependencies: Readonly<Record<string, string>>
}

let registry: Registry
beforeAll(async () => {
  registry = await Registry.start(tarballs)
})
afterAll(() => registry[Symbol.asyncDispose]())

describe.each([
  ['lowest', lowest],
  ['highest', highest],
] as const)('the %s CDK of the peer range', (_which, version) => {
  let app: Consumer
  beforeAll(async () => {
    app = new Consumer(registry)
    cpSync(join(root, 'examples/chat/infra'), join(app.folder, 'infra'), { recursive: true })
    app.write('package.json', '{ "private": true, "type": "module" }')
    await app.install(
      '@topic-credentials/cdk',
      '@topic-credentials/local-aws',
      version('aws-cdk-lib'),
      version('constructs'),
      '@types/node@20.19.43',
    )
    process.stdout.write(`aws-cdk-lib ${installed('aws-cdk-lib')}, constructs ${installed('constructs')}\n`)
  })
  const installed = (name: string): string =>
    JSON.parse(readFileSync(join(app.folder, 'node_modules', name, 'package.json'), 'utf8')).version
  afterAll(() => app[Symbol.asyncDispose]())

  it('compiles an app, with all declarations of the package checked', async () => {
    app.write(
      'typed.mts',
      `import { App, Stack, Validations } from 'aws-cdk-lib'
import { readEntitlements, StackChecks, TopicCredentials, type TopicCredentialsProps } from '@topic-credentials/cdk'
const app = new App()
const props: TopicCredentialsProps = { entitlements: readEntitlements('entitlements.json') }
new TopicCredentials(new Stack(app, 'Typed'), 'Credentials', props)
Validations.of(app).addPlugins(new StackChecks())
// @ts-expect-error: no entitlements
new TopicCredentials(new Stack(app, 'Untyped'), 'Credentials', {})
`,
    )
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node']
    await app.expect(process.execPath, tool('typescript/bin/tsc'), ...options, '--skipLibCheck', 'false', 'typed.mts')
  })

  it('synthesizes an app that passes the checks', async () => {
    app.env = { CDK_OUTDIR: 'cdk.out' }
    await app.expect('node', 'infra/app.js')
    const written = (name: string) => JSON.parse(readFileSync(join(app.folder, 'cdk.out', name), 'utf8'))
    expect(written('validation-report.json')).toMatchObject({ pluginReports: [] })
    const types = Object.values<{ readonly Type: string }>(written('Chat.template.json').Resources).map(
      ({ Type }) => Type,
    )
    expect(types).toEqual(
      expect.arrayContaining(['AWS::ApiGatewayV2::Api', 'AWS::Lambda::Function', 'Custom::Trigger']),
    )
  })

  it('deploys the app to the stand-in, where its deploy check passes', async () => {
    const { Chat } = await app.standIn('--assembly', 'cdk.out')
    expect(Chat?.CredentialsUrl).toMatch(/^https:\/\//u)
  })
})

function lowest(name: string): string {
  return highest(name).replace('@^', '@')
}

/** The highest version of the range, as npm selects it. */
function highest(name: string): string {
  return `${name}@${peerDependencies[name]}`
}
