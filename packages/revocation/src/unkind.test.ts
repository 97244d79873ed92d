import { Agent } from 'node:https'
import { fileURLToPath } from 'node:url'
import { IAMClient } from '@aws-sdk/client-iam'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TableClient } from '@topic-credentials/access'
import { connect, fromVendor, type Session, type VendedCredentialsProvider } from '@topic-credentials/client'
import { type JournalEntry, type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { Revoker } from './revoker.js'

/**
 * An AWS that is not kind, in every way at once: IAM's reads lag, policies are felt late and by AWS IoT later still, others use up the quotas of
 * STS and of CONNECT, and services are down one after the other. Time passes when a test says so.
 */
const assembly = fileURLToPath(new URL('../../../cdk.out', import.meta.url))
/**
 * Behind the functions' clock, which is the machine's, by more than the tests let pass and by less than a signature may be old: a sign-out
 * that lies ahead of a function's clock keeps it from vending until then, and nothing here would make that time pass.
 */
const behind = -270_000
const clock: { skew: number; stoppedAt?: number; now(): number } = {
  skew: behind,
  now: () => clock.stoppedAt ?? Date.now() + clock.skew,
}
const felt = { elsewhere: 20_000, iot: 40_000 } as const
const left = { requests: 3, connects: 2 } as const
const journal: JournalEntry[] = []
const waiting: (() => void)[] = []
const closing: (() => unknown)[] = []
let aws: LocalAws
let revoker: Revoker

function seen(entry: JournalEntry): void {
  journal.push(entry)
  for (const wake of waiting.splice(0)) wake()
}

/** Resolves when it holds; looked at whenever the stand-in tells something. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((wake) => waiting.push(wake))
}

beforeAll(async () => {
  aws = await startLocalAws({ assembly, clock, journal: seen, triggers: false })
  // What was just deployed is felt late, too.
  clock.skew += 60_000
  aws.faults.iam.lagReads(60_000)
  aws.faults.iam.lagPolicies(felt.elsewhere, { iot: felt.iot })
  aws.faults.sts.limit(left.requests)
  aws.faults.limitConnects(left.connects)
  const { accessKeyId, secretAccessKey } = aws.operator
  const credentials = { accessKeyId, secretAccessKey }
  const shared = { region: aws.region, credentials, requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) } }
  const iam = new IAMClient({ ...shared, endpoint: aws.endpoints.iam })
  const iot = new IoTDataPlaneClient({ ...shared, endpoint: `https://${aws.endpoints.iot}` })
  closing.push(() => [iam, iot].map((client) => client.destroy()))
  const table = new TableClient({
    ...{ tableName: String(aws.outputs.TopicCredentials?.AccessTable), region: aws.region, ca: aws.ca, credentials },
    endpoint: String(aws.endpoints.dynamodb),
  })
  const roleArn = String(aws.outputs.TopicCredentials?.RoleArn)
  revoker = new Revoker({ roleArn, iam, iot, table, patience: { reads: 2, pause: async () => {} } })
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await aws.close()
})

function user(name: string): () => VendedCredentialsProvider {
  const { accessKeyId, secretAccessKey } = aws.createUser(name)
  return () => {
    const credentials = fromVendor({
      url: String(aws.outputs.TopicCredentials?.CredentialsUrl),
      region: aws.region,
      ca: aws.ca,
      credentials: { accessKeyId, secretAccessKey },
      // A throttled one is told to come back in a second or more.
      backoff: { baseMs: 50, capMs: 200, attempts: 100 },
    })
    closing.push(() => credentials.close())
    return credentials
  }
}

async function online(credentials: VendedCredentialsProvider): Promise<{ session: Session; inbox: string[] }> {
  const session = await connect({ credentials, ca: aws.ca })
  closing.push(() => session.close())
  const inbox: string[] = []
  const messages = session.subscribe('test')
  await messages.ready
  const read = async () => {
    for await (const { payload } of messages) {
      inbox.push(new TextDecoder().decode(payload))
      for (const wake of waiting.splice(0)) wake()
    }
  }
  read().catch(() => {})
  return { session, inbox }
}

/** How many requests the vendor's API has answered with this status. */
function answered(status: number): number {
  return journal.filter(({ service, fields }) => service === 'execute-api' && fields?.status === status).length
}

function refused(name: JournalEntry['service'], why: RegExp): boolean {
  return journal.some(
    ({ service, outcome, detail = '' }) => service === name && outcome === 'refused' && why.test(detail),
  )
}

describe('while nothing of AWS is kind', () => {
  it('a client vends and connects as soon as the services are up again, one by one', async () => {
    for (const service of ['lambda', 'dynamodb', 'sts', 'iot'] as const) aws.faults.outage(service, 'unavailable')
    const coming = online(user('first')())
    coming.catch(() => {})
    for (const [service, status] of [
      ['lambda', 500],
      ['dynamodb', 503],
      ['sts', 503],
    ] as const) {
      const before = answered(status)
      await until(() => answered(status) > before)
      aws.faults.outage(service, undefined)
    }
    await until(() => answered(200) > 0)
    aws.faults.outage('iot', undefined)
    const { session, inbox } = await coming
    await session.publish('test', 'hello')
    await until(() => inbox.includes('hello'))
    await session.close()
  })

  it('more clients at once than the quotas leave room for all come in', async () => {
    const crowd = Array.from({ length: left.requests + 1 }, (_, index) => user(`crowd-${index}`))
    // The second does not end before both quotas are used up.
    clock.stoppedAt = clock.now()
    const coming = Promise.all(crowd.map((one) => online(one())))
    await until(() => refused('sts', /Throttling/u) && refused('iot', /throttled/u))
    delete clock.stoppedAt
    const sessions = await coming
    await sessions[0]?.session.publish('test', 'to all')
    await until(() => sessions.every(({ inbox }) => inbox.includes('to all')))
    await Promise.all(sessions.map(({ session }) => session.close()))
  })

  it('a connection that AWS IoT drops when it goes down comes back, and loses nothing', async () => {
    const { session, inbox } = await online(user('dropped')())
    const interrupted = new Promise((resolve) => session.once('interrupted', resolve))
    aws.faults.outage('iot', 'reset')
    await interrupted
    const published = session.publish('test', 'meanwhile')
    const connected = new Promise((resolve) => session.once('connected', resolve))
    aws.faults.outage('iot', undefined)
    await Promise.all([connected, published])
    await until(() => inbox.includes('meanwhile'))
    await session.close()
  })

  it('a revoked user gets nothing more at once, and can do nothing more as soon as AWS IoT feels it; others can', async () => {
    const [mallorys, bobs] = [user('mallory'), user('bob')]
    const [mallory, bob] = [await online(mallorys()), await online(bobs())]
    // IAM does not show what was written: the mark counts all the same.
    expect(await revoker.revoke({ user: 'mallory' })).toMatchObject({ sessionName: 'mallory', standing: false })
    await expect(mallorys()()).rejects.toMatchObject({ code: 'vend_refused', problem: { code: 'revoked' } })
    await mallory.session.publish('test', 'still')
    await until(() => bob.inbox.includes('still'))

    clock.skew += felt.elsewhere + 1
    await mallory.session.publish('test', 'even now')
    await until(() => bob.inbox.includes('even now'))
    clock.skew += felt.iot - felt.elsewhere
    await expect(mallory.session.publish('test', 'never')).rejects.toMatchObject({ code: 'not_granted' })
    await bob.session.publish('test', 'from bob')
    await until(() => bob.inbox.includes('from bob'))
    expect(bob.inbox).not.toContain('never')

    clock.skew += 60_000
    expect(await revoker.undo({ user: 'mallory' })).toMatchObject({ undone: true })
    clock.skew += felt.iot + 2_000
    const back = await online(mallorys())
    await back.session.publish('test', 'back')
    await until(() => bob.inbox.includes('back'))
  })
})
