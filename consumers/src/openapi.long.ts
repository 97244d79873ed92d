import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Consumer } from './testing/consumer.js'
import { Registry } from './testing/registry.js'
import { run } from './testing/run.js'
import { root, tarballs, tool } from './testing/tools.js'

/** The OpenAPI document in other tools: a parser accepts it, and a generated client vends. */

let registry: Registry
let consumer: Consumer
beforeAll(async () => {
  registry = await Registry.start(tarballs)
  consumer = new Consumer(registry)
  await consumer.install(
    '@topic-credentials/grants',
    '@topic-credentials/local-aws',
    'openapi-fetch@0.17.0',
    'aws4fetch@1.0.20',
    '@types/node@20.19.43',
  )
})
afterAll(async () => {
  await consumer[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})

it('is valid, and a change makes it invalid', async () => {
  const program = `import { validate, compileErrors } from '@readme/openapi-parser'
    const result = await validate(JSON.parse(process.argv[1]))
    if (!result.valid) { console.log(compileErrors(result)); process.exit(1) }`
  const validate = (document: unknown) =>
    run(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(document)], {
      cwd: join(root, 'consumers'),
    })
  const document = JSON.parse(readFileSync(join(root, 'packages/grants/openapi.json'), 'utf8'))
  expect(document.openapi).toBe('3.1.0')
  expect(await validate(document)).toMatchObject({ code: 0, stdout: '' })
  document.paths['/credentials'].post.responses[200] = { content: {} }
  expect((await validate(document)).code).not.toBe(0)
})

it('generates a typed client that vends', async () => {
  const document = join(consumer.folder, 'node_modules/@topic-credentials/grants/openapi.json')
  await consumer.expect(process.execPath, tool('openapi-typescript/bin/cli.js'), document, '-o', 'api.d.ts')
  consumer.write(
    'main.mts',
    `import { AwsClient } from 'aws4fetch'
import createClient from 'openapi-fetch'
import type { paths } from './api.js'

const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_REGION: region = '', API = '' } = process.env
const aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: 'execute-api' })
const client = createClient<paths>({ baseUrl: API, fetch: (request) => aws.fetch(request) })

const vended = await client.POST('/credentials', { body: { subscribe: ['test'], durationSeconds: 900 } })
if (vended.data === undefined) throw new Error(JSON.stringify(vended.error))
const forSdk = await client.GET('/credentials')
const refused = await client.POST('/credentials', { body: { subscribe: ['other'] } })
const code = refused.error !== undefined && 'code' in refused.error ? refused.error.code : undefined
// @ts-expect-error: a duration in words
void (() => client.POST('/credentials', { body: { durationSeconds: '900' } }))
console.log(JSON.stringify({ user: vended.data.userId, grants: vended.data.grants.subscribe, token: typeof forSdk.data?.Token, code }))
`,
  )
  const options = ['--target', 'es2022', '--module', 'nodenext', '--strict', '--types', 'node', '--lib', 'es2023,dom']
  await consumer.expect(process.execPath, tool('typescript/bin/tsc'), ...options, '--skipLibCheck', 'main.mts')
  const { TopicCredentials } = await consumer.standIn()
  const exports = (await consumer.expect('npx', 'local-aws', '--env')).stdout
  const environment = Object.fromEntries(
    [...exports.matchAll(/^export (\w+)='([^']*)'$/gmu)].map(([, name, value]) => [name, value]),
  )
  consumer.env = { ...environment, API: String(TopicCredentials?.CredentialsUrl).replace('/credentials', '') }
  const { stdout } = await consumer.expect(process.execPath, 'main.mjs')
  expect(JSON.parse(stdout)).toEqual({ user: 'developer', grants: ['test'], token: 'string', code: 'not_entitled' })
})
