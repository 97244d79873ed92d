import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { signedCalls } from '@topic-credentials/access'
import type { JournalEntry, LocalAws } from '@topic-credentials/local-aws'
import { type CommandProject, type Ended, openProject, type RunOptions } from '../testing/command.js'

/** `npm run access` as a process, against a deployed stack with the ceiling of its entitlements. */

let project: CommandProject
let aws: LocalAws
let seen: (entry: JournalEntry) => void = () => {}

beforeAll(async () => {
  project = await openProject({ triggers: false, journal: (entry) => seen(entry) })
  aws = project.aws
  const key = aws.createUser('alice')
  const url = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
  const call = signedCalls({
    service: 'execute-api',
    region: aws.region,
    endpoint: url.origin,
    credentials: key,
    ca: aws.ca,
  })
  vend = async () => {
    const { status, body } = await call({
      path: url.pathname,
      headers: { 'content-type': 'application/json' },
      body: '{}',
      longestAnswer: 1024 * 1024,
      signal: AbortSignal.timeout(30_000),
    })
    return { status, ...JSON.parse(body) }
  }
})

afterAll(async () => project[Symbol.asyncDispose]())

let vend: () => Promise<{ status: number; code?: string; grants?: Record<string, string[]> }>

function run(words: readonly string[], options?: RunOptions): Promise<Ended> {
  return project.run('access', words, options)
}

function file(name: string, text: string): string {
  writeFileSync(join(project.folder, name), text)
  return name
}

const alice = ['--user', 'alice'] as const
const own = ['test', 'users/alice/#']
const shared = 'users/bob/inbox'

describe('the grants of one user', () => {
  it('are granted, shown, vended and withdrawn', async () => {
    expect(await run(['get', ...alice])).toEqual({
      code: 0,
      stdout: 'The table has no entry for user#alice.\n',
      stderr: `At the running stand-in (process ${process.pid})\n`,
    })
    const tried = await run(['grant', ...alice, '--subscribe', shared, '--dry-run'])
    expect(tried).toMatchObject({ code: 0, stdout: 'The grant is valid. Nothing was written (--dry-run).\n' })
    expect((await run(['get', ...alice, '--json'])).stdout).toBe('null\n')

    expect((await vend()).grants?.subscribe).toEqual(own)
    const given = await run(['grant', ...alice, '--subscribe', shared, '--until', '2100-01-01T00:00:00Z'])
    expect(given.stdout).toMatch(
      /^user#alice\n {2}subscribe users\/bob\/inbox\n {2}grants expire at 2100-01-01T00:00:00\.000Z\n {2}written .*Z by arn:aws:iam::\d{12}:user\/.*\nThe change takes effect with the next vend\.\n$/u,
    )
    expect((await vend()).grants?.subscribe).toEqual([...own, shared])
    expect(JSON.parse((await run(['get', ...alice, '--json'])).stdout)).toMatchObject({
      key: { kind: 'user', name: 'alice' },
      grants: { publish: [], subscribe: [shared], retain: [] },
      version: 1,
    })

    const shown = await run(['withdraw', ...alice, '--all', '--dry-run'])
    expect(shown.stdout).toContain(`subscribe ${shared}`)
    expect(shown.stderr).toContain('Nothing was written (--dry-run).')
    expect((await vend()).grants?.subscribe).toEqual([...own, shared])
    const taken = await run(['withdraw', ...alice, '--subscribe', shared, '--json'])
    expect(JSON.parse(taken.stdout)).toMatchObject({ grants: { subscribe: [] }, version: 2 })
    expect((await vend()).grants?.subscribe).toEqual(own)
  })

  it('are refused with the value and a remedy', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['grant', ...alice, '--publish', 'other/x'],
        /^user#alice: the stack's role does not cover publish "other\/x"\. Grant less, .* Nothing was written\.$/u,
      ],
      [['grant', ...alice, '--publish', 'a/#/b'], /a\/#\/b.* Nothing was written\.$/u],
      [['grant', ...alice, '--publish', 'test', '--until', 'soon'], /^'soon' is not a date\. Use the format/u],
      [['grant', ...alice], /^error: pass --publish, --subscribe or --retain with a topic filter, or --until$/u],
      [['withdraw', ...alice], /^error: pass --publish, --subscribe or --retain with a topic filter, or --all$/u],
      [['get'], /^No user, group or role is given\. Pass one of/u],
      [['get', ...alice, '--group', 'ops'], /^More than one user, group or role is given\. Pass one of/u],
      [
        ['get', '--user', 'auth0=7Calice'],
        /^'auth0=7Calice' could be a user ID or a session name\. Add --as session-name/u,
      ],
      [['get', '--role', 'a/b'], /a\/b/u],
      [['import', 'none.jsonl'], /^The file none\.jsonl cannot be read: ENOENT.*\. Check the name/u],
      [
        ['explain', ...alice, '--claims', 'cdk.json', '--entitlements', 'cdk.json'],
        /^cdk\.json does not have the format of the entitlements: /u,
      ],
      [['get', ...alice, '--outputs', 'cdk.json'], /no stack has the outputs RoleArn, IotEndpoint and Region/u],
    ]
    const ended = await Promise.all(cases.map(([words]) => run(words)))
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      const [words, expected] = cases[index] ?? [[], /never/u]
      expect([words, code, stdout]).toEqual([words, 1, ''])
      expect(stderr.replace(/^At .*\n/u, '').trimEnd()).toMatch(expected)
      expect(stderr).not.toMatch(/^\s+at /mu)
    }
  })
})

describe('many entries', () => {
  const lines = [
    '{"user":"auth0|bob","subscribe":["users/auth0|bob/+"]}',
    '{"group":"ops","publish":["users/${userId}/x"],"expiresAt":"2100-01-01T00:00:00.000Z"}',
    '{"role":"Dev","publish":["test"]}',
  ]

  it('are imported completely or not at all, and exported unchanged', async () => {
    const bad = file('bad.jsonl', `${[...lines, '{"user":"carol","publish":["other/x"]}'].join('\n')}\n`)
    expect(await run(['import', bad])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /\nline 4: user#carol: the stack's role does not cover publish "other\/x"\. .*Nothing was written\.\n$/u,
      ),
    })
    expect((await run(['export'])).stdout).toBe('')
    const good = file('good.jsonl', lines.join('\n'))
    expect((await run(['import', good, '--dry-run', '--json'])).stdout).toBe('{"entries":3,"written":0}\n')
    expect((await run(['export'])).stdout).toBe('')
    expect(await run(['import', '-'], { input: lines.join('\n') })).toMatchObject({ code: 0, stdout: '3 imported.\n' })
    const { stdout, stderr } = await run(['export'])
    expect(stdout.trim().split('\n').sort()).toEqual([...lines].sort())
    expect(stderr).toMatch(/\n3 exported\. Revocations are not included; see `?(?:pnpm|npm run) revoke/u)
  })

  it('are searched by topic, and explained for a user with claims', async () => {
    expect((await run(['who', 'users/auth0|bob/x'])).stdout.trim().split('\n').sort()).toEqual([
      'group#ops  publish users/${userId}/x',
      'user#auth0=7Cbob  subscribe users/auth0|bob/+',
    ])
    const nobody = await run(['who', 'nowhere', '--json'])
    expect([nobody.stdout, nobody.stderr]).toEqual([
      '',
      expect.stringContaining('No entry of the table grants "nowhere".'),
    ])
    const claims = file('claims.json', '{"groups":["ops","ops","none"]}')
    const entitlements = file('entitlements.json', '{"entitlements":[{"publish":["test"]}]}')
    const words = ['explain', '--user', 'auth0|bob', '--claims', claims, '--entitlements', entitlements]
    expect((await run(words)).stdout).toBe(
      'publish test  (entitlements)\nsubscribe users/auth0|bob/+  (user#auth0=7Cbob)\npublish users/auth0|bob/x  (group#ops)\n',
    )
    expect(JSON.parse((await run([...words, '--json'])).stdout)).toMatchObject({ user: 'auth0|bob', revokedBy: [] })
    await project.run('revoke', ['auth0|bob'])
    expect((await run(words)).stdout).toContain('But no credentials are vended: access is revoked by user#auth0=7Cbob.')
  })

  it('report the written entries after an interruption, and can be imported again', async () => {
    const many = Array.from({ length: 200 }, (_, n) => `{"user":"u${n}","publish":["users/u${n}/x"]}`).join('\n')
    const text = file('many.jsonl', many)
    let puts = 0
    const stopped = await run(['import', text], {
      started: (child) => {
        seen = ({ event }) => {
          puts += event === 'PutItem' ? 1 : 0
          if (puts === 30) child.kill('SIGINT')
        }
      },
    })
    seen = () => {}
    expect(stopped.code).toBe(130)
    const [, written = ''] =
      /Interrupted\. The first (\d+) of 200 entries are written\. Run the import again/u.exec(stopped.stderr) ?? []
    expect(Number(written)).toBeGreaterThanOrEqual(20)
    expect(Number(written)).toBeLessThan(200)
    expect(puts).toBe(Number(written))
    const users = async () => (await run(['export'])).stdout.split('\n').filter((line) => /"user":"u\d+"/u.test(line))
    expect((await users()).length).toBe(Number(written))
    expect(await run(['import', text])).toMatchObject({ code: 0, stdout: '200 imported.\n' })
    expect((await users()).sort()).toEqual(many.split('\n').sort())
  })
})

type Change = (outputs: Readonly<Record<string, string>>) => object

describe('another stack', () => {
  const environment = () => ({
    AWS_ENDPOINT_URL_IAM: aws.endpoints.iam,
    AWS_ENDPOINT_URL_STS: aws.endpoints.sts,
    AWS_ENDPOINT_URL_DYNAMODB: aws.endpoints.dynamodb,
    AWS_ACCESS_KEY_ID: aws.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.operator.secretAccessKey,
    NODE_EXTRA_CA_CERTS: aws.caFile,
  })

  it('whose table is missing, or which has none, is distinguished from the own stack', async () => {
    const cases: readonly (readonly [string, Change, object])[] = [
      ['its own table', (outputs) => outputs, { code: 0, stdout: expect.stringContaining('user#auth0=7Cbob') }],
      [
        'a missing table',
        (outputs) => ({ ...outputs, AccessTable: 'another' }),
        {
          code: 1,
          stderr: expect.stringMatching(
            /DynamoDB refused a request to the access table another \(ResourceNotFoundException\)\. Check the permissions/u,
          ),
        },
      ],
      [
        'no table',
        ({ AccessTable: _, ...outputs }) => outputs,
        {
          code: 1,
          stderr: expect.stringMatching(
            /The stack has no access table: .*\. Deploy the stack without `-c access=file`\./u,
          ),
        },
      ],
    ]
    await Promise.all(
      cases.map(async ([name, change, expected]) => {
        const outputs = file(
          `${name}.json`,
          JSON.stringify({ TopicCredentials: change({ ...aws.outputs.TopicCredentials }) }),
        )
        const words = ['get', '--user', 'auth0|bob', '--outputs', outputs]
        expect([name, await run(words, { env: environment() })]).toEqual([name, expect.objectContaining(expected)])
      }),
    )
  })
})

it('--help shows every command with an example', async () => {
  const { code, stdout } = await run(['--help'])
  expect(code).toBe(0)
  for (const name of ['get', 'grant', 'withdraw', 'import', 'export', 'who', 'explain']) {
    expect(stdout).toContain(`  ${name} `)
  }
  const source = readFileSync(new URL('./access.js', import.meta.url), 'utf8')
  expect(source).not.toMatch(/from '@aws-sdk/u)
})
