import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'

const folder = fileURLToPath(new URL('../../browser/package.json', import.meta.url))
const program = fileURLToPath(new URL('../testing/programs/one-message.js', import.meta.url))
let aws: LocalAws

beforeAll(async () => {
  aws = await startLocalAws({ assembly: join(projectRoot(process.cwd()), 'cdk.out'), triggers: false })
}, 60_000)

afterAll(() => aws.close())

function packageFile(name: string, path: string): string {
  return join(dirname(createRequire(folder).resolve(`${name}/package.json`)), path)
}

it.each([
  ['Node', () => process.execPath, []],
  ['Bun', () => packageFile('@oven/bun-linux-x64', 'bin/bun'), []],
  ['Deno', () => packageFile('@deno/linux-x64-glibc', 'deno'), ['run', '-A']],
] as const)(
  'the websocket transport works in %s',
  async (_, executable, more) => {
    const { accessKeyId, secretAccessKey } = aws.developer
    const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
    const vendor = { url, region: aws.region, ca: aws.ca, credentials: { accessKeyId, secretAccessKey } }
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TARGET: JSON.stringify(vendor) }
    const { stdout } = await promisify(execFile)(executable(), [...more, program], { env, timeout: 60_000 })
    expect(stdout).toBe('hello\n')
  },
  90_000,
)
