import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { announce, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'

/** The command as a process, in a project of its own with a stand-in that is announced there. */

const command = fileURLToPath(new URL('./main.js', import.meta.url))
const assembly = fileURLToPath(new URL('../../../../cdk.out', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'revocation-'))
let aws: LocalAws
let withdraw: () => Promise<void>

beforeAll(async () => {
  writeFileSync(join(project, 'cdk.json'), '{}')
  aws = await startLocalAws({ assembly })
  const { remove } = await announce(aws, { directory: project })
  withdraw = remove
})

afterAll(async () => {
  await withdraw()
  await aws.close()
  rmSync(project, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(...args: string[]): Promise<Ended> {
  return runIn(project, ...args)
}

function runIn(folder: string, ...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, INIT_CWD: folder, NODE_NO_WARNINGS: '1' }
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe('pnpm revoke', () => {
  it('revokes, lists and undoes at the stand-in that is running', async () => {
    const revoked = await run('auth0|alice', '--client-id', 'auth0=7Calice:laptop')
    expect(revoked).toMatchObject({ code: 0, stderr: `At the running stand-in (process ${process.pid})\n` })
    expect(revoked.stdout).toContain('Revoked: auth0=7Calice.')
    expect(revoked.stdout).toContain('Client auth0=7Calice:laptop was not connected.')
    expect(await run('--list')).toMatchObject({ code: 0, stdout: 'auth0=7Calice  revoked\n' })
    expect(JSON.parse((await run('--list', '--json')).stdout)).toMatchObject({
      revoked: ['auth0=7Calice'],
      signedOut: [],
    })
    const undone = await run('--', '--undo', 'auth0=7Calice', '--as', 'session-name', '--json')
    expect(JSON.parse(undone.stdout)).toMatchObject({ sessionName: 'auth0=7Calice', undone: true })
    expect((await run('--list')).stdout).toMatch(/^auth0=7Calice {2}sessions issued before .*Z are denied\n$/u)
  })

  it('clears away what would keep the stack from being destroyed', async () => {
    await run('bob')
    const cleared = await run('--clear')
    expect(cleared.code).toBe(0)
    expect(cleared.stdout).toMatch(/^bob {2}revoked\n(.*\n)*Cleared: all of these can get credentials again/u)
    expect((await run('--list')).stdout).toBe('There are no revocations.\n')
    expect((await run('--clear')).stdout).toMatch(/^There were no revocations\. No policy is left/u)
  })

  it('reaches a stack that was deployed into the stand-in there, and never AWS in its place', async () => {
    const file = join(project, 'cdk-outputs.json')
    writeFileSync(file, JSON.stringify(aws.outputs))
    expect(await run('--list')).toMatchObject({ code: 0, stderr: expect.stringContaining('At the running stand-in') })
    rmSync(file)
    const other = mkdtempSync(join(tmpdir(), 'revocation-'))
    writeFileSync(join(other, 'cdk.json'), '{}')
    writeFileSync(join(other, 'cdk-outputs.json'), JSON.stringify(aws.outputs))
    expect(await runIn(other, '--list')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('belongs to a stand-in that is no longer running'),
    })
    rmSync(other, { recursive: true })
  })

  it.each([
    [[], 'error: pass a USER or --role, or one of --list, --clear and --repair\n'],
    [['alice', '--clear'], 'error: --clear does not accept a USER\n'],
    [['--clear', '--list'], "error: option '--list' cannot be used with option '--clear'\n"],
    [['--clear', '--undo'], "error: option '--clear' cannot be used with option '--undo'\n"],
    [['alice', '--list'], 'error: --list does not accept a USER\n'],
    [
      ['alice', '--undo', '--client-id', 'alice:1'],
      "error: option '--client-id <id>' cannot be used with option '--undo'\n",
    ],
    [['alice', '--undo', '--sign-out'], "error: option '--sign-out' cannot be used with option '--undo'\n"],
    [
      ['alice', '--as', 'name'],
      "error: option '--as <kind>' argument 'name' is invalid. Allowed choices are user-id, session-name.\n",
    ],
    [['auth0=7Calice'], "'auth0=7Calice' could be a user ID or a session name. Add --as session-name"],
    [
      ['alice', '--client-id', 'bob:1'],
      "The client ID 'bob:1' does not belong to this user. The client IDs of this user begin with 'alice:'.",
    ],
    [['alice', '--outputs', 'none.json'], 'none.json: ENOENT'],
    [['alice', '--outputs', 'cdk.json'], 'cdk.json: no stack has the outputs RoleArn, IotEndpoint and Region'],
  ])('%j is refused, in words', async (args, words) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at /mu)
  })
})
