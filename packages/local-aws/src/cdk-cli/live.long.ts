import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { followKept } from '../live/follow-kept.js'
import { openCdk, type TestCdk } from '../testing/cdk.js'

// Deployments by the CDK's command line, which looks at each every other second.
jest.setTimeout(300_000)

const app = fileURLToPath(new URL('../../../../infra/dist/bin/app.js', import.meta.url))
const settings = ['-c', 'entitlements=entitlements.json', '-c', 'deployCheck=false', '-c', 'rateLimit=7'] as const

let account: TestCdk
let lines: string[]
let heard: () => void
let end: () => Promise<void>

beforeAll(async () => {
  account = await openCdk()
  lines = []
  heard = () => {}
  const file = join(account.folder, 'cdk.json')
  const project = JSON.parse(await readFile(file, 'utf8')) as object
  const watch = { include: ['entitlements.json'] }
  await writeFile(file, JSON.stringify({ ...project, app: `"${process.execPath}" "${app}"`, watch }))
  await mkdir(join(account.folder, '.local-aws'), { recursive: true })
  await entitle('test')
  end = followKept({
    ...{ aws: account.aws, root: account.folder, lookEveryMilliseconds: 20, known: () => {} },
    print: (line) => {
      lines.push(line)
      heard()
    },
  })
})
afterAll(async () => {
  await end()
  await account[Symbol.asyncDispose]()
})

async function entitle(topic: string, seconds = 0): Promise<void> {
  const file = join(account.folder, 'entitlements.json')
  await writeFile(file, JSON.stringify({ entitlements: [{ publish: [topic], subscribe: [topic] }] }))
  const at = new Date(Date.now() + seconds * 1_000)
  await utimes(file, at, at)
}

async function told(pattern: RegExp): Promise<string> {
  for (;;) {
    const found = lines.find((line) => pattern.test(line))
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
}

it('what cdk deploy deployed is updated in place when the entitlements change, with the settings of that deployment', async () => {
  const first = await account.cdk('deploy', ...settings, '--require-approval', 'never')
  expect([first.code, (await account.vend()).status]).toEqual([0, 200])
  await entitle('other', 60)
  expect(await told(/^✓/u)).toMatch(/^✓ TopicCredentials deployed in place from entitlements\.json in [\d.]+ s: /u)
  const document = JSON.stringify(account.aws.directory.role('sts-sample-role')?.inlinePolicies.values().next().value)
  expect(document).toContain('/other')
  expect((await account.vend()).status).toBe(200)
  expect(await readFile(join(account.folder, 'cdk.out/TopicCredentials.template.json'), 'utf8')).toMatch(
    /"ThrottlingRateLimit": 7\b/u,
  )
  // The command line finds what it would have deployed itself.
  const again = await account.cdk('deploy', ...settings, '--require-approval', 'never')
  expect([again.code, again.output]).toEqual([0, expect.stringMatching(/no changes/u)])
  // Another setting is the command line's to deploy.
  const other = ['-c', 'entitlements=entitlements.json', '-c', 'deployCheck=false', '-c', 'rateLimit=9'] as const
  expect((await account.cdk('synth', '--quiet', ...other)).code).toBe(0)
  expect(await told(/^!/u)).toMatch(/^! cdk\.out differs from the deployed stack \(~.*\): .*deploy:local deploys it$/u)
  expect((await account.cdk('destroy', '--force', ...other)).code).toBe(0)
  expect(account.aws.stacks).toEqual([])
})
