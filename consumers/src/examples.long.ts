import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { root, tarballs, tool } from './testing/tools.js'

/** The TypeScript of the READMEs and guides, compiled against the packed packages, and the commands of packages that are installed. */

const pages = [
  'README.md',
  'docs/migration.md',
  ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
]
/** The page of the stand-in is not published. */
const examples = pages
  .filter((page) => page !== 'packages/inspector/README.md')
  .flatMap((page) => {
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^ *```(?<kind>tsx?)\n(?<text>[\s\S]*?)^ *```/gmu)
    return [...blocks].map(({ groups }, index) => {
      const file = `${page.replaceAll(/[/.]/gu, '-')}-${index}.${groups?.kind === 'tsx' ? 'tsx' : 'ts'}`
      return [file, groups?.text ?? ''] as const
    })
  })
/** The packages that the examples need. */
const installed = [
  'access',
  'cdk',
  'client',
  'credential-vendor',
  'grants',
  'local-aws',
  'ops',
  'project',
  'react',
  'revocation',
]
const libraries = [
  '@aws-sdk/client-iam@3.1169.0',
  '@aws-sdk/client-iot-data-plane@3.1138.0',
  '@aws-sdk/credential-providers@3.1173.0',
  '@types/node@20.19.43',
  '@types/react@19.3.3',
  'aws-cdk-lib@2.276.0',
  'constructs@10.8.1',
  'react@19.3.1',
  'svelte@5.57.3',
  'vue@3.5.45',
]
/** Declarations that the examples assume: the reader's own names, and imports of another block of the page. */
const given = `
declare const outputs: { CredentialsUrl: string; RoleArn: string; IotEndpoint: string }
declare const credentialsUrl: string, url: string, userId: string, signedIn: boolean, token: () => string
declare const signIn: { accessToken(): Promise<string>; idToken(): Promise<string> }
declare function showStatus(...texts: (string | undefined)[]): void
declare function show(value: unknown): void
declare function measure(): Promise<number>
declare const region: string, tableName: string, identityPoolId: string, logins: Record<string, string>
declare const stack: import('aws-cdk-lib').Stack, certificate: import('aws-cdk-lib/aws-certificatemanager').ICertificate
declare const entitlements: ReturnType<typeof import('@topic-credentials/cdk').readEntitlements>
declare const session: import('@topic-credentials/client').Session, device: typeof session
declare const connect: typeof import('@topic-credentials/client').connect
declare const fromVendor: typeof import('@topic-credentials/client').fromVendor
declare const credentials: ReturnType<typeof fromVendor>, deviceCredentials: ReturnType<typeof fromVendor>
`

let registry: Registry
let consumer: Consumer
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  consumer = new Consumer(registry)
  await consumer.install(...installed.map((name) => `@topic-credentials/${name}`), ...libraries)
}, 300_000)
afterAll(async () => {
  await consumer[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

it('every example of the documentation compiles', async () => {
  consumer.write('package.json', JSON.stringify({ type: 'module' }))
  consumer.write('given.d.ts', given)
  for (const [file, text] of examples) consumer.write(file, `${text}\nexport {}\n`)
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    lib: ['es2023', 'dom', 'esnext.disposable'],
    types: ['node'],
  }
  consumer.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }))
  const { code, stdout } = await consumer.run(process.execPath, tool('typescript/bin/tsc'), '-p', '.')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(examples.length).toBeGreaterThan(15)
})

describe('the commands of @topic-credentials/ops', () => {
  const page = readFileSync(join(root, 'packages/ops/README.md'), 'utf8')
  const lines = page.match(/^npx topic-credentials-ops .+$/gmu) ?? []
  const commands = lines.map((line) => line.replace(/\s+#.*$/u, ''))

  it('work as they are written, with a stand-in', async () => {
    await consumer.standIn()
    expect(commands.length).toBe(3)
    for (const command of commands) await consumer.expect('sh', '-c', command)
  })
})
