import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { signedCalls } from '@topic-credentials/access'
import { type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { App } from 'aws-cdk-lib'
import { AppFunctionStack } from '../../examples/app-function.js'

/** The example of docs/access.md in the stand-in: an app's own function says who may have what, and fails in every way. */

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

const folder = mkdtempSync(join(tmpdir(), 'app-function-'))
afterAll(() => rmSync(folder, { recursive: true }))

function synthesize(name: string, code?: string): string {
  const app = new App({ outdir: join(folder, name), builtinCloudFormationValidation: false })
  new AppFunctionStack(app, name, code === undefined ? {} : { code })
  return app.synth().directory
}

const keys = new Map<string, { readonly accessKeyId: string; readonly secretAccessKey: string }>()

async function vendAs(aws: LocalAws, stack: string, userName: string, body: object = {}) {
  const known = keys.get(`${stack} ${userName}`)
  const { accessKeyId, secretAccessKey } = known ?? aws.createUser(userName)
  keys.set(`${stack} ${userName}`, { accessKeyId, secretAccessKey })
  const url = new URL(String(aws.outputs[stack]?.CredentialsUrl))
  const call = signedCalls({
    service: 'execute-api',
    region: aws.region,
    endpoint: url.origin,
    credentials: { accessKeyId, secretAccessKey },
    ca: aws.ca,
  })
  const answer = await call({
    path: url.pathname,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    longestAnswer: 1024 * 1024,
    signal: AbortSignal.timeout(30_000),
  })
  return { status: answer.status, retryAfter: answer.headers['retry-after'], ...JSON.parse(answer.body) }
}

describe('the app’s own function', () => {
  let aws: LocalAws
  beforeAll(async () => {
    aws = await startLocalAws({ assembly: synthesize('Boats'), triggers: false })
  })
  afterAll(async () => aws?.close())

  it('adds to the file what it answers for this user, for as long as it says', async () => {
    const [alice, carol] = [await settled(aws, 'Boats', 'alice'), await settled(aws, 'Boats', 'carol')]
    expect(alice).toMatchObject({
      status: 200,
      grants: {
        publish: ['users/alice/#', 'tenants/t1/boats/7/commands'],
        subscribe: ['announcements', 'tenants/t1/boats/7/#'],
      },
    })
    expect(carol).toMatchObject({ status: 200, grants: { subscribe: ['announcements'] } })
    const lasts = ({ credentials }: { credentials: { expiration: string } }) =>
      Date.parse(credentials.expiration) - Date.now()
    expect(lasts(alice)).toBeLessThanOrEqual(900_000)
    expect(lasts(alice)).toBeGreaterThan(800_000)
  })

  it('may only be invoked by the vendor: its role can invoke this one function', async () => {
    const statements = [...(vendorRole(aws, 'Boats')?.inlinePolicies.values() ?? [])].flatMap((one) => one.Statement)
    const invoking = statements.filter(({ Action = [] }) => String(Action).includes('lambda'))
    expect(invoking).toEqual([
      expect.objectContaining({
        Action: ['lambda:InvokeFunction'],
        Resource: [expect.stringMatching(/:function:Boats-Grants\w+(-\w+)?$/u)],
      }),
    ])
  })
})

/** As a client does: again where the function was slow to start, as on a busy machine. */
async function settled(aws: LocalAws, stack: string, userName: string, body: object = {}) {
  for (let attempt = 1; ; attempt++) {
    const answer = await vendAs(aws, stack, userName, body)
    if (answer.status !== 503 || attempt === 10) return answer
  }
}

function vendorRole(aws: LocalAws, stack: string) {
  const trusted = aws.directory.role(`${stack}-topics`)?.trustPolicy.Statement[0]?.Principal?.AWS
  return aws.directory.role(String(trusted?.[0]).split('/')[1] ?? '')
}

/** What it does, by user. */
const unkind = `
exports.handler = async ({ userId, version, prover, provenBy, claims }) => {
  switch (userId) {
    case 'slow': return new Promise(() => setTimeout(() => {}, 20000))
    case 'throws': throw new Error('database is down')
    case 'nothing': return undefined
    case 'text': return 'tenants/#'
    case 'list': return ['tenants/#']
    case 'typo': return { subcribe: ['tenants/t1/boats/7/#'] }
    case 'filter': return { subscribe: ['tenants/#/x'] }
    case 'number': return { subscribe: [7] }
    case 'short': return { seconds: 899 }
    case 'half': return { seconds: 1000.5 }
    case 'endless': return { subscribe: Array.from({ length: 201 }, (_, n) => 'tenants/t1/boats/' + n) }
    case 'huge': return { subscribe: ['tenants/t1/boats/' + 'x'.repeat(300000)] }
    case 'beyond': return { subscribe: ['#'] }
    case 'echo': return { subscribe: ['tenants/' + [version, prover, provenBy.split('/').at(-1), Object.keys(claims).length].join('-') + '/boats/1'] }
    default: return {}
  }
}
`

describe('when it is slow, fails, or answers nonsense', () => {
  const journal: JournalEntry[] = []
  let aws: LocalAws
  beforeAll(async () => {
    aws = await startLocalAws({
      assembly: synthesize('Unkind', unkind),
      triggers: false,
      journal: (entry) => journal.push(entry),
    })
  })
  afterAll(async () => aws?.close())

  it.each([
    ['slow', 503, 'access_unavailable'],
    ['throws', 503, 'access_unavailable'],
    ['nothing', 502, 'access_unusable'],
    ['text', 502, 'access_unusable'],
    ['list', 502, 'access_unusable'],
    ['typo', 502, 'access_unusable'],
    ['filter', 502, 'access_unusable'],
    ['number', 502, 'access_unusable'],
    ['short', 502, 'access_unusable'],
    ['half', 502, 'access_unusable'],
    ['endless', 502, 'access_unusable'],
    ['huge', 503, 'access_unavailable'],
    ['beyond', 403, 'beyond_ceiling'],
  ])('%s: nothing is vended, and the caller gets %d %s; other users are served', async (name, status, code) => {
    const assumed = journal.filter(({ event }) => event === 'AssumeRole').length
    const answer = await (status === 503 ? vendAs : settled)(aws, 'Unkind', name)
    expect(answer).toMatchObject({ status, code })
    expect(answer.retryAfter).toBe(status === 503 ? '2' : undefined)
    expect(JSON.stringify(answer)).not.toContain('database is down')
    expect(journal.filter(({ event }) => event === 'AssumeRole')).toHaveLength(assumed)
    expect(await settled(aws, 'Unkind', `beside-${name}`)).toMatchObject({ status: 200 })
  })

  it('receives the verified caller, and not the requested grants', async () => {
    expect(await settled(aws, 'Unkind', 'echo', { subscribe: ['announcements'] })).toMatchObject({
      status: 200,
      grants: { subscribe: ['announcements'] },
    })
    expect((await settled(aws, 'Unkind', 'echo')).grants.subscribe).toContain('tenants/1-iam-echo-0/boats/1')
  })

  it('and the function may not be called: 502, as its name in the log says', async () => {
    const { roleName = '', inlinePolicies = new Map() } = vendorRole(aws, 'Unkind') ?? {}
    const asks = [...inlinePolicies.keys()].filter((name) => name.includes('Ask'))
    expect(asks).toHaveLength(1)
    for (const name of asks) aws.deleteRolePolicy(roleName, name)
    expect(await settled(aws, 'Unkind', 'anybody')).toMatchObject({ status: 502, code: 'access_unusable' })
  })
})
