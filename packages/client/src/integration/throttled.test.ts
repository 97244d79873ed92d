import { describe, expect, it } from '@jest/globals'
import type { Session } from '../session.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** Number of CONNECTs of a session with this outcome at the broker. */
function connects({ clientId }: Session, outcome: string) {
  return account.journal.filter(
    (entry) => entry.event === 'Connect' && entry.outcome === outcome && entry.fields?.clientId === clientId,
  ).length
}

/** Resolves with the codes of the next `count` interruptions. */
async function interruptions(session: Session, count: number): Promise<string[]> {
  const codes: string[] = []
  await new Promise<void>((resolve) => {
    session.on('interrupted', ({ code }) => {
      if (codes.push(code) === count) resolve()
    })
  })
  return codes
}

/** A session whose reconnect was throttled: it waits up to a day for the next attempt. */
async function waiting(): Promise<Session> {
  const session = await account.connect({
    credentials: account.credentials({ spreadSeconds: 86_400 }),
    // Earlier connections of this client ID do not count.
    connectIntervalMs: 0,
  })
  account.aws.faults.skewClock(1_001)
  account.aws.faults.throttleConnects(1)
  const refused = interruptions(session, 2)
  account.aws.faults.cutSockets(session.clientId)
  await refused
  return session
}

function numbers(count: number) {
  return Array.from({ length: count }, (_, index) => String(index))
}

it('a throttled client reconnects within the spread, resumes its session, and loses no message in either direction', async () => {
  const Refusals = 3
  const publisher = await account.connect()
  const session = await account.connect({
    credentials: account.credentials({ spreadSeconds: 1 }),
    connectIntervalMs: 0,
  })
  const toSession = session.subscribe('test')
  await toSession.ready
  const fromSession = publisher.subscribe('users/developer/x')
  await fromSession.ready
  account.aws.faults.skewClock(1_001)
  account.aws.faults.throttleConnects(Refusals)
  const refused = interruptions(session, 1 + Refusals)
  const back = new Promise<{ resumed: boolean }>((resolve) => session.once('connected', resolve))
  account.aws.faults.cutSockets(session.clientId)
  // Published while it is disconnected: by others to it, and by itself to others.
  const expected = numbers(40)
  const sent = Promise.all([
    ...expected.map((number) => publisher.publish('test', number)),
    ...expected.map((number) => session.publish('users/developer/x', number)),
  ])
  expect(await refused).toEqual(['connection_lost', ...Array(Refusals).fill('quota_exceeded')])
  expect(await back).toEqual({ resumed: true })
  await sent
  for (const subscription of [toSession, fromSession]) {
    const received: string[] = []
    for await (const message of subscription) {
      received.push(message.text())
      if (received.length === expected.length) break
    }
    expect(received).toEqual(expected)
  }
  expect(connects(session, 'refused')).toBe(Refusals)
}, 60_000)

it.each([5, 3] as const)(
  'a client that is throttled at its first attempt retries, over MQTT %s',
  async (mqtt) => {
    account.aws.faults.throttleConnects(1)
    const credentials = account.credentials({ spreadSeconds: 1 })
    const session = await account.connect({ mqtt, credentials })
    await session.publish('test', 'x')
    expect(connects(session, 'refused')).toBe(1)
  },
  60_000,
)

describe('a session that gets new grants', () => {
  it('resumes its session at the broker, and receives the messages from the meantime once', async () => {
    const publisher = await account.connect()
    const session = await account.connect({ connectIntervalMs: 0 })
    const messages = session.subscribe('test')
    await messages.ready
    const back = new Promise<{ resumed: boolean }>((resolve) => session.once('connected', resolve))
    account.aws.faults.skewClock(1_001)
    const granted = session.grant({ publish: ['test'], subscribe: ['test'] })
    const expected = numbers(200)
    for (const number of expected) void publisher.publish('test', number)
    await granted
    expect(await back).toEqual({ resumed: true })
    const received: string[] = []
    for await (const message of messages) {
      received.push(message.text())
      if (received.length === expected.length) break
    }
    expect(received).toEqual(expected)
  }, 60_000)
})

it('a session that is closed during a delay does not connect again', async () => {
  const session = await waiting()
  const publishing = expect(session.publish('test', 'never')).rejects.toMatchObject({ code: 'session_closed' })
  await session.close()
  await publishing
  expect(account.aws.iot.connections().map(({ clientId }) => clientId)).not.toContain(session.clientId)
})

it('a session in a throttling delay reconnects immediately when it gets new grants', async () => {
  const session = await waiting()
  account.aws.faults.skewClock(2_002)
  await session.grant({ publish: ['test'], subscribe: ['test'] })
  await session.publish('test', 'x')
  expect(session.grants.subscribe).toEqual(['test'])
})
