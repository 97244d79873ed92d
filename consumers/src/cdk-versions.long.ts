import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs } from './testing/tools.js'

/** An app with the lowest CDK that the package names as its peer, and with the highest that the registry has: synthesized, checked, deployed. */

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
    )
    const { version: installed } = JSON.parse(
      readFileSync(join(app.folder, 'node_modules/aws-cdk-lib/package.json'), 'utf8'),
    ) as { readonly version: string }
    process.stdout.write(`aws-cdk-lib ${installed}\n`)
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it('synthesizes an app, whose checks pass', async () => {
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

  it('whose assembly is deployed into the stand-in, where its deploy check passes', async () => {
    const { Chat } = await app.standIn('--assembly', 'cdk.out')
    expect(Chat?.CredentialsUrl).toMatch(/^https:\/\//u)
  })
})

function lowest(name: string): string {
  return highest(name).replace('@^', '@')
}

/** The highest that the range takes: npm's own choice. */
function highest(name: string): string {
  return `${name}@${peerDependencies[name]}`
}
