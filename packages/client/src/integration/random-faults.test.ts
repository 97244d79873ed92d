import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TopicCredentialsError } from '../errors.js'
import { TestAccount } from '../testing/account/test-account.js'
import { randomBy } from '../testing/seeded-random.js'
import { nodeTransports } from '../testing/transports.js'

/** A change of the transports must pass with WIRE_RUNS=200. */
const runs = Number(process.env.WIRE_RUNS ?? 4)
const firstSeed = Number(process.env.WIRE_SEED ?? 1)
/** Maximum time from the last fault to each result, by this process's own time. */
const answeredWithinMs = 15_000

/** Milliseconds in which this process ran: a late timer on a busy machine counts as if it were on time. */
const ownTime = { ms: 0 }
const tickMs = 20
setInterval(() => {
  ownTime.ms += tickMs
}, tickMs).unref()

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

describe.each(nodeTransports)('over $name', ({ name, options }) => {
  /** One session that is cut at random moments of connecting, subscribing, publishing, exchanging grants, renewing and closing. */
  const live = async (seed: number) => {
    const random = randomBy(seed)
    const credentials = account.credentials({}, {})
    const connecting = account.connect({ ...options, credentials })
    const faults = [ownTime.ms]
    let connected = false
    const cut = async (clientId?: string) => {
      await pause(random() * 400)
      account.aws.faults.cutSockets(clientId)
      faults.push(ownTime.ms)
    }
    if (random() < 0.3) void cut()
    const session = await connecting
    connected = true
    const received = new Map<string, number>()
    const pending: Promise<unknown>[] = []
    const settled = (promise: Promise<unknown>) =>
      promise.then(
        () => ownTime.ms,
        (error: unknown) => {
          if (error instanceof TopicCredentialsError) return ownTime.ms
          throw error
        },
      )
    const act = [
      () => settled(session.publish('test', `${seed} ${pending.length}`)),
      () =>
        settled(
          session.subscribe('test', {
            onMessage: (message) => {
              const key = message.text()
              if (key.startsWith(`${seed} `)) received.set(key, (received.get(key) ?? 0) + 1)
            },
          }).ready,
        ),
      () => settled(session.grant({ subscribe: ['test'], publish: ['test'] })),
      async () => {
        credentials.invalidate(session.accessKeyId)
        return ownTime.ms
      },
    ]
    // One subscription, so that each message counts once.
    pending.push(act[1]?.() ?? Promise.resolve())
    for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
      const [publish, , ...others] = act
      const next = random() < 0.6 ? publish : others[Math.floor(random() * others.length)]
      pending.push(next?.() ?? Promise.resolve())
      if (random() < 0.5) await cut(session.clientId)
    }
    const answered = await Promise.all(pending)
    const last = Math.max(...faults)
    for (const at of answered) expect(Number(at) - last).toBeLessThan(answeredWithinMs)
    if (options.mqtt !== 3) expect([...received.values()].filter((times) => times > 1)).toEqual([])
    const closing = ownTime.ms
    if (random() < 0.5) void cut(session.clientId)
    await session.close()
    expect(ownTime.ms - closing).toBeLessThan(1_000)
    expect(connected).toBe(true)
    return session.clientId
  }

  it(
    `every operation settles in time although connections are cut at random: ${runs} lives`,
    async () => {
      const began = account.journal.length
      const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index)
      const clients: string[] = []
      const worker = async () => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const current = seed
          clients.push(
            await live(current).catch((cause: unknown) => {
              throw new Error(`WIRE_SEED=${current} WIRE_RUNS=1, over ${name}`, { cause })
            }),
          )
        }
      }
      await Promise.all(Array.from({ length: 4 }, worker))
      // The stand-in refuses a second CONNECT within a second: there was none.
      const refused = account.journal
        .slice(began)
        .filter(
          ({ event, outcome, fields }) =>
            event === 'Connect' && outcome !== 'ok' && clients.includes(String(fields?.clientId)),
        )
      expect(refused).toEqual([])
    },
    60_000 + runs * 10_000,
  )
})
