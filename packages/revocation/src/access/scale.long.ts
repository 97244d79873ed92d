import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import {
  type Attributes,
  parseKey,
  roleKey,
  signedCalls,
  TableClient,
  textAttribute,
  userKey,
} from '@topic-credentials/access'
import type { AccessKey } from '@topic-credentials/local-aws/iam'
import { type CommandProject, openProject } from '../testing/command.js'
import { AccessAdmin } from './access-admin.js'

/** Ten thousand users in the table, over the network: the command, the API, the function, STS and DynamoDB of the stand-in. */

// The work takes longer than Jest's default timeout: tens of thousands of requests.
jest.setTimeout(600_000)

const users = 10_000
let project: CommandProject
let table: TableClient
let access: AccessAdmin

beforeAll(async () => {
  project = await openProject({ triggers: false })
  const { aws } = project
  // The limit of the API is not part of this test.
  const { accessKeyId, secretAccessKey } = aws.operator
  table = new TableClient({
    tableName: String(aws.outputs.TopicCredentials?.AccessTable),
    region: aws.region,
    endpoint: String(aws.endpoints.dynamodb),
    credentials: { accessKeyId, secretAccessKey },
    ca: aws.ca,
    timeoutMs: 30_000,
  })
  access = new AccessAdmin({ table, operator: async () => 'arn:operator', beyond: () => [] })
})

afterAll(async () => project[Symbol.asyncDispose]())

interface Answer {
  readonly status: number
  readonly code?: string
  readonly suggestion?: unknown
  readonly grants?: { readonly subscribe: readonly string[] }
}

/** Calls the deployed API, and retries as clients do if it throttles or the function is busy. */
async function vend(key: AccessKey, body: object = {}): Promise<Answer> {
  const { aws } = project
  const url = new URL(String(aws.outputs.TopicCredentials?.CredentialsUrl))
  const call = signedCalls({
    service: 'execute-api',
    region: aws.region,
    endpoint: url.origin,
    credentials: key,
    ca: aws.ca,
  })
  for (;;) {
    const answer = await call({
      path: url.pathname,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      longestAnswer: 1024 * 1024,
      signal: AbortSignal.timeout(60_000),
    })
    if (answer.status === 429 || answer.status === 503) continue
    return { status: answer.status, ...JSON.parse(answer.body) }
  }
}

/** Calls the function for each item, with limited concurrency. */
async function each<T>(list: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list]
  const worker = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await work(one)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const numbers = Array.from({ length: users }, (_, user) => user)
/** Grants within the ceiling of the entitlements, on topics of another user. */
function devices(user: number, count = 8): readonly string[] {
  return Array.from({ length: count }, (_, device) => `users/site${user % 100}/u${user}/device${device}`)
}

describe('10,000 users with 8 devices each', () => {
  it('are imported by the command, which shows its progress', async () => {
    const lines = numbers.map((user) => JSON.stringify({ user: `u${user}`, subscribe: devices(user) }))
    writeFileSync(join(project.folder, 'users.jsonl'), lines.join('\n'))
    const { code, stdout, stderr } = await project.run('access', ['import', 'users.jsonl'])
    expect([code, stdout]).toEqual([0, '10000 imported.\n'])
    for (let thousand = 1; thousand <= 10; thousand++) expect(stderr).toContain(`${thousand}000 of 10000\n`)
    const again = await project.run('access', ['export'])
    expect(
      again.stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual(lines.sort())
  })

  it('get exactly their grants: a sample of 1,000', async () => {
    const sample = numbers.filter((user) => user % 10 === 3)
    expect(sample).toHaveLength(1_000)
    const wrong: object[] = []
    await each(sample, 4, async (user) => {
      const { status, grants } = await vend(project.aws.createUser(`u${user}`))
      const expected = JSON.stringify(['test', `users/u${user}/#`, ...devices(user)])
      if (status !== 200 || JSON.stringify(grants?.subscribe) !== expected) wrong.push({ user, status, grants })
    })
    expect(wrong).toEqual([])
  })

  it('with 100 devices get 413 with suggestions, and can request a part', async () => {
    const many = { user: 'many', subscribe: devices(1, 100) }
    writeFileSync(join(project.folder, 'many.jsonl'), JSON.stringify(many))
    expect((await project.run('access', ['import', 'many.jsonl'])).code).toBe(0)
    const key = project.aws.createUser('many')
    const refused = await vend(key)
    expect(refused).toMatchObject({ status: 413, code: 'policy_too_large' })
    expect(JSON.stringify(refused)).toMatch(/users\/site1\//u)
    const part = many.subscribe.slice(40, 46)
    expect(await vend(key, { subscribe: part })).toMatchObject({ status: 200, grants: { subscribe: part } })
    // A part that is not granted is refused.
    expect(await vend(key, { subscribe: ['users/site1/u2/device0'] })).toMatchObject({
      status: 403,
      code: 'not_entitled',
    })
  })

  it('get a change at the next vend', async () => {
    const key = project.aws.createUser('u42')
    expect((await vend(key)).grants?.subscribe).toContain('users/site42/u42/device7')
    const { code } = await project.run('access', [
      'withdraw',
      '--user',
      'u42',
      '--subscribe',
      'users/site42/u42/device7',
    ])
    expect(code).toBe(0)
    const { grants } = await vend(key)
    expect(grants?.subscribe).toEqual(['test', 'users/u42/#', ...devices(42, 7)])
  })
})

it('200 concurrent vends while 50 writers change grants: each response contains a state that each item had', async () => {
  const key = project.aws.createSession({ roleName: 'Dev', sessionName: 'alice' })
  const items = [userKey('Dev~alice'), roleKey('Dev')] as const
  const states = new Map<string, Set<string>>(items.map((name) => [name, new Set(['[]'])]))
  const own = (name: string, filters: readonly string[]) =>
    filters.filter((filter) => filter.startsWith(`users/${name.replaceAll(/[#=~]/gu, '-')}/`))
  let isOver = false
  let writes = 0
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    const name = items[writer % 2] ?? items[0]
    for (let round = 0; !isOver; round++) {
      const at = `users/${name.replaceAll(/[#=~]/gu, '-')}/w${writer}r${round}`
      const subscribe = [`${at}/a`, `${at}/b`]
      // Recorded before the write, because it can be read from then on.
      states.get(name)?.add(JSON.stringify(subscribe))
      const parsed = parseKey(name)
      if (parsed === undefined) throw new Error(name)
      await access.replace({ key: parsed, grants: { publish: [], subscribe, retain: [] } }).then(
        () => {
          writes += 1
        },
        (error: unknown) => {
          // With so many writers on one item, some give up; the state is then that of another writer.
          if ((error as { readonly code?: unknown }).code !== 'changed_meanwhile') throw error
        },
      )
    }
  })
  const seen = new Set<string>()
  const wrong: object[] = []
  const vends = Array.from({ length: 200 }, async () => {
    const { status, grants } = await vend(key)
    for (const name of items) {
      const state = JSON.stringify(own(name, grants?.subscribe ?? []))
      seen.add(state)
      if (status !== 200 || states.get(name)?.has(state) !== true) wrong.push({ status, name, state })
    }
  })
  await Promise.all(vends)
  isOver = true
  await Promise.all(writers)
  expect(wrong).toEqual([])
  // Both vends and writes made progress.
  expect(writes).toBeGreaterThan(100)
  expect(seen.size).toBeGreaterThan(10)
})

it('10,000 revoked users are refused: a sample of 500', async () => {
  await each(numbers, 50, async (user) => {
    const pk = `user#gone${user}`
    const item: Attributes = { pk: textAttribute(pk), version: { N: '1' }, writeId: { S: 'w' }, revoked: { N: '1' } }
    expect(await table.put(item, { version: 0, writeId: undefined })).toBe(true)
  })
  const sample = numbers.filter((user) => user % 20 === 7)
  const wrong: object[] = []
  await each(sample, 4, async (user) => {
    const { status, code } = await vend(project.aws.createUser(`gone${user}`))
    if (status !== 403 || code !== 'revoked') wrong.push({ user, status, code })
  })
  expect(wrong).toEqual([])
  expect(await vend(project.aws.createUser('stays'))).toMatchObject({ status: 200 })
  const listed = await project.run('revoke', ['--list', '--json'])
  expect((JSON.parse(listed.stdout) as { revoked: readonly string[] }).revoked).toHaveLength(users)
})
