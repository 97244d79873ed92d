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
 * AWS under bad conditions, all at once: IAM's reads are stale, policies take effect late and in AWS IoT even later, others use up the quotas of
 * STS and of CONNECT, and services are down one after the other. The tests control the time.
 */
const assembly = fileURLToPath(new URL('../../../cdk.out', import.meta.url))
/**
 * Behind the functions' clock, which is that of the machine, by more than the tests advance and by less than the age limit of signatures: a
 * sign-out ahead of a function's clock blocks its vends until then, and the tests cannot advance that clock.
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

/** Resolves when the condition holds. It is checked at each event of the stand-in. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((wake) => waiting.push(wake))
}

beforeAll(async () => {
  aws = await startLocalAws({ assembly, clock, journal: seen, triggers: false })
  // The deployed policies take effect late as well.
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
      // A throttled client must wait at least a second.
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

/** Number of responses of the vendor's API with this status. */
function answered(status: number): number {
  return journal.filter(({ service, fields }) => service === 'execute-api' && fields?.status === status).length
}

function refused(name: JournalEntry['service'], why: RegExp): boolean {
  return journal.some(
    ({ service, outcome, detail = '' }) => service === name && outcome === 'refused' && why.test(detail),
  )
}

describe('while AWS is slow, stale and throttled', () => {
  it('a client vends and connects as soon as the services are available again', async () => {
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

  it('all clients connect, although the quotas do not allow them at once', async () => {
    const crowd = Array.from({ length: left.requests + 1 }, (_, index) => user(`crowd-${index}`))
    // The test's second does not end before both quotas are used up.
    clock.stoppedAt = clock.now()
    const coming = Promise.all(crowd.map((one) => online(one())))
    await until(() => refused('sts', /Throttling/u) && refused('iot', /throttled/u))
    delete clock.stoppedAt
    const sessions = await coming
    await sessions[0]?.session.publish('test', 'to all')
    await until(() => sessions.every(({ inbox }) => inbox.includes('to all')))
    await Promise.all(sessions.map(({ session }) => session.close()))
  })

  it('a connection that AWS IoT drops is restored without loss', async () => {
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

  it('a revoked user gets no credentials immediately, and is denied as soon as AWS IoT applies the policy; others are not', async () => {
    const [mallorys, bobs] = [user('mallory'), user('bob')]
    const [mallory, bob] = [await online(mallorys()), await online(bobs())]
    // IAM does not show the write yet, but the mark takes effect.
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
