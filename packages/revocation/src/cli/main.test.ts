import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { LocalAws } from '@topic-credentials/local-aws'
import { type CommandProject, type Ended, openProject } from '../testing/command.js'

let project: CommandProject
let aws: LocalAws

beforeAll(async () => {
  project = await openProject()
  aws = project.aws
})

afterAll(async () => project[Symbol.asyncDispose]())

function run(...args: string[]): Promise<Ended> {
  return project.run('revoke', args)
}

describe('npm run revoke', () => {
  it('revokes, lists and undoes in the running stand-in', async () => {
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

  it('clears the policies that would prevent the deletion of the stack', async () => {
    await run('bob')
    const cleared = await run('--clear')
    expect(cleared.code).toBe(0)
    expect(cleared.stdout).toMatch(/^bob {2}revoked\n(.*\n)*Cleared: all of these can get credentials again/u)
    expect((await run('--list')).stdout).toBe('There are no revocations.\n')
    expect((await run('--clear')).stdout).toMatch(/^There were no revocations\. No policy is left/u)
  })

  it('uses a stack that was deployed to the stand-in, and never AWS instead', async () => {
    const file = join(project.folder, 'cdk-outputs.json')
    writeFileSync(file, JSON.stringify(aws.outputs))
    expect(await run('--list')).toMatchObject({ code: 0, stderr: expect.stringContaining('At the running stand-in') })
    rmSync(file)
    const other = mkdtempSync(join(tmpdir(), 'revocation-'))
    writeFileSync(join(other, 'cdk.json'), '{}')
    writeFileSync(join(other, 'cdk-outputs.json'), JSON.stringify(aws.outputs))
    expect(await project.run('revoke', ['--list'], { folder: other })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('belongs to a stand-in that is no longer running'),
    })
    rmSync(other, { recursive: true })
  })

  it('prints the limits of IAM if the stack has no table', async () => {
    const file = join(project.folder, 'file-outputs.json')
    const { AccessTable: _, ...outputs } = aws.outputs.TopicCredentials ?? {}
    writeFileSync(file, JSON.stringify({ TopicCredentials: outputs }))
    const { accessKeyId, secretAccessKey } = aws.operator
    const env = {
      AWS_ENDPOINT_URL_IAM: aws.endpoints.iam,
      AWS_ENDPOINT_URL_IOT_DATA_PLANE: `https://${aws.endpoints.iot}`,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      NODE_EXTRA_CA_CERTS: aws.caFile,
    }
    const byIam = (...words: string[]) => project.run('revoke', [...words, '--outputs', file], { env })
    const plain = /they hold about 200 users, and only one operator can run this command at a time\.\n$/u
    expect(await byIam('dave')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Revoked: dave.'),
      stderr: expect.stringMatching(plain),
    })
    expect(await byIam('--list')).toMatchObject({ code: 0, stdout: 'dave  revoked\n' })
    for (const words of [['--repair'], ['--role', 'Dev']]) {
      expect(await byIam(...words)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/requires an access table, and this stack has none\. Deploy the stack without/u),
      })
    }
    expect((await byIam('--undo', 'dave')).stdout).toContain('Undone: dave')
    expect((await byIam('--clear')).code).toBe(0)
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
  ])('%j is refused with an explanation', async (args, words) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at /mu)
  })
})
