import { execFile } from 'node:child_process'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { announce, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { upToDate } from '@topic-credentials/project'
import { Project } from '../testing/account/project.js'

// Each command is a process; on a busy machine one takes longer than jest's five seconds.
jest.setTimeout(120_000)

/** Each command that uses a running stand-in, with a project that changed after the deployment: it warns and continues. */

const programs = {
  'topic-credentials': new URL('./main.js', import.meta.url),
  revoke: new URL('../../../revocation/dist/cli/main.js', import.meta.url),
  access: new URL('../../../revocation/dist/cli/access.js', import.meta.url),
  check: new URL('../../../deploy-check/dist/cli/main.js', import.meta.url),
  local: new URL('../../../local-aws/dist/cli/main.js', import.meta.url),
} as const

const commands: [keyof typeof programs, ...string[]][] = [
  ['topic-credentials', '--publish', 'x', '--count', '1'],
  ['topic-credentials', 'publish', 'x', '--topic', 'test'],
  ['topic-credentials', 'whoami'],
  ['topic-credentials', 'whoami', '--json'],
  ['topic-credentials', 'whoami', '--as', 'carol'],
  ['topic-credentials', 'credentials'],
  ['revoke', '--list'],
  ['access', 'get', '--user', 'alice'],
  ['access', 'export'],
  ['access', 'who', 'test'],
  ['check'],
  ['local', '--env'],
  ['local', '--token', 'alice'],
]

let aws: LocalAws
let project: Project

beforeAll(async () => {
  project = new Project()
  writeFileSync(join(project.folder, 'cdk.json'), JSON.stringify({ watch: { include: ['entitlements.json'] } }))
  writeFileSync(join(project.folder, 'entitlements.json'), '{}')
  aws = await startLocalAws({ assembly: join(project.folder, 'cdk.out'), triggers: false })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await aws.close()
})

function run([program, ...words]: readonly [keyof typeof programs, ...string[]]) {
  const { NODE_OPTIONS: _, ...env } = process.env
  return new Promise<{ out: string; err: string }>((resolve) => {
    const argv = [fileURLToPath(programs[program]), ...words]
    execFile(process.execPath, argv, { env: { ...env, INIT_CWD: project.folder } }, (_error, out, err) =>
      resolve({ out, err }),
    )
  })
}

function edited(at: number): void {
  utimesSync(join(project.folder, 'entitlements.json'), new Date(at), new Date(at))
}

const stale = /^! entitlements\.json was changed after .* deploy it with npm run deploy:local\.$/mu

describe.each(commands)('%s %s %s %s %s', (...command) => {
  it('warns that the stand-in is outdated, on stderr only', async () => {
    const asOf = new Date(Date.now() - 60_000).toISOString()
    await announce({ ...aws, asOf }, { directory: project.folder })
    edited(Date.now())
    const { out, err } = await run(command)
    expect(err).toMatch(stale)
    expect(out).not.toMatch(/was changed after/u)
  })
})

describe('whoami', () => {
  const whoami = ['topic-credentials', 'whoami'] as const

  it('does not warn if the stand-in is up to date', async () => {
    edited(Date.now() - 60_000)
    await announce({ ...aws, asOf: new Date().toISOString() }, { directory: project.folder })
    expect((await run(whoami)).err).not.toContain('!')
  })

  it('warns that the synthesized stack differs from the deployed one', async () => {
    await announce({ ...aws, asOf: new Date().toISOString(), behind: 'cdk.out' }, { directory: project.folder })
    expect((await run(whoami)).err).toMatch(/^! cdk\.out differs from .* deploy it with npm run deploy:local\.$/mu)
  })
})

describe('upToDate', () => {
  async function behind(more: object) {
    edited(Date.now())
    const asOf = new Date(Date.now() - 60_000).toISOString()
    const { content } = await announce({ ...aws, follows: true, asOf, ...more }, { directory: project.folder })
    return content
  }

  it('waits for a stand-in that deploys the change itself, and then returns no notice', async () => {
    const waiting = upToDate(project.folder, await behind({}))
    const asOf = new Date(Date.now() + 60_000).toISOString()
    await announce({ ...aws, follows: true, asOf }, { directory: project.folder })
    expect(await waiting).toEqual({ running: expect.objectContaining({ asOf }) })
  })

  it('does not wait after a failed deployment', async () => {
    const found = await behind({ failedAt: new Date(Date.now() + 60_000).toISOString() })
    const { notice } = await upToDate(project.folder, found)
    expect(notice).toMatch(/^entitlements\.json .* The terminal of the stand-in shows the reason\.$/u)
  }, 50_000)
})
