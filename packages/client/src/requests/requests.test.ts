import { expect, it } from '@jest/globals'
import { TopicCredentialsError } from '../errors.js'
import { DrivenClock } from '../testing/driven-clock.js'
import { scriptedSession } from '../testing/scripted/scripted-session.js'
import { randomBy } from '../testing/seeded-random.js'

const grants = { publish: ['a', 'b', 'replies/+/#'], subscribe: ['a', 'b', 'replies/alice/#'] }
let clients = 0

/** A session that sends and answers requests, on the controlled clock. */
function open(granted: typeof grants = grants) {
  clients += 1
  const scripted = scriptedSession({ clientId: `alice:r${clients}`, grants: granted })
  scripted.transport.start()
  return scripted
}

async function settled<T>(clock: DrivenClock, ms: number, work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const results = Promise.allSettled([work])
  await clock.runUntil(clock.now + ms)
  const [result] = await results
  return result
}

/** The result of work that ends within a second. */
async function done<T>(clock: DrivenClock, work: Promise<T>): Promise<T> {
  await settled(clock, 1_000, work)
  return work
}

it('each of several requests gets its own reply', async () => {
  using clock = new DrivenClock()
  const { session } = open()
  const response = await done(
    clock,
    session.respond('a', (request) => `re ${request.text()}`),
  )
  const asked = Promise.all(['x', 'y', 'z'].map(async (text) => (await session.request('a', text)).text()))
  expect(await settled(clock, 5_000, asked)).toMatchObject({ value: ['re x', 're y', 're z'] })
  expect({ ...session.replies, answered: response.answered }).toMatchObject({ dropped: 0, answered: 3 })
  await session.close()
})

it('a message that is not the first reply to a waiting request is dropped and counted: other bits, none, a second reply', async () => {
  using clock = new DrivenClock()
  const { session } = open()
  const responding = session.respond('a', async (request) => {
    const { responseTopic = '', correlationData = new Uint8Array() } = request
    const other = correlationData.map((byte, index) => (index === 15 ? byte ^ 1 : byte))
    await session.publish(responseTopic, 'forged', { correlationData: other })
    await session.publish(responseTopic, 'forged')
    await session.publish(responseTopic, 'forged', { correlationData: correlationData.subarray(1) })
    await session.publish(responseTopic, 'true', { correlationData })
    return 'late'
  })
  await done(clock, responding)
  const reply = session.request('a', 'x')
  const result = await settled(clock, 5_000, reply)
  expect(result.status === 'fulfilled' && result.value.text()).toBe('true')
  expect(session.replies.dropped).toBe(4)
  await session.close()
})

it('a responder publishes replies only to the declared topics, and refuses and counts other requests', async () => {
  using clock = new DrivenClock()
  const { session } = open()
  let handled = 0
  const responding = session.respond('a', () => {
    handled += 1
    return 'reply'
  })
  const response = await done(clock, responding)
  const heard: string[] = []
  session.subscribe('b', { onMessage: (message) => heard.push(message.text()) })
  session.subscribe('replies/alice/mine', { onMessage: (message) => heard.push(message.text()) })
  await clock.runUntil(clock.now + 1_000)
  const asked = Promise.all([
    session.publish('a', 'x', { responseTopic: 'b' }),
    session.publish('a', 'x'),
    session.publish('a', 'x', { responseTopic: 'replies' }),
    session.publish('a', 'x', { responseTopic: 'replies/alice/mine' }),
  ])
  await settled(clock, 5_000, asked)
  expect({ handled, heard, answered: response.answered, refused: response.refused }).toEqual({
    handled: 1,
    heard: ['reply'],
    answered: 1,
    refused: 3,
  })
  await session.close()
})

it('a failed handler is reported to the requester without the reason, and to the responder with it', async () => {
  using clock = new DrivenClock()
  const { session } = open()
  const errors: unknown[] = []
  const failing = () => {
    throw new Error('secret')
  }
  const response = await done(clock, session.respond('a', failing, { onError: (error) => errors.push(error) }))
  const result = await settled(clock, 5_000, session.request('a', 'x'))
  expect(result).toMatchObject({ reason: { code: 'request_failed', value: 'a' } })
  expect(JSON.stringify(result)).not.toContain('secret')
  expect({ errors, failed: response.failed }).toEqual({ errors: [new Error('secret')], failed: 1 })
  await session.close()
})

it('a request ends after its timeout, by its signal, and with the session', async () => {
  using clock = new DrivenClock()
  const { session } = open()
  expect(await settled(clock, 3_000, session.request('a', 'x', { timeoutMs: 2_000 }))).toMatchObject({
    reason: { code: 'operation_timed_out', value: 'a' },
  })
  const calling = new AbortController()
  const called = session.request('a', 'x', { signal: calling.signal })
  called.catch(() => {})
  await clock.runUntil(clock.now + 500)
  calling.abort()
  expect(await settled(clock, 500, called)).toMatchObject({ reason: { code: 'aborted' } })
  const last = session.request('a', 'x')
  last.catch(() => {})
  await clock.runUntil(clock.now + 500)
  void session.close()
  expect(await settled(clock, 1_000, last)).toMatchObject({ reason: { code: 'session_closed' } })
})

it('a request or response without a grant for the reply is refused before anything is sent, and the error names the grant', async () => {
  using clock = new DrivenClock()
  const { session } = open({ publish: ['a'], subscribe: ['a'] })
  const received: string[] = []
  session.subscribe('a', { onMessage: (message) => received.push(message.text()) })
  expect(await settled(clock, 5_000, session.request('a', 'x'))).toMatchObject({
    reason: { code: 'not_granted', message: expect.stringContaining("subscribe 'replies/alice/#'") },
  })
  const refused = session.respond('a', () => 'x')
  expect(await settled(clock, 5_000, refused)).toMatchObject({
    reason: { code: 'not_granted', message: expect.stringContaining("publish 'replies/+/#'") },
  })
  expect(received).toEqual([])
  await session.close()
})

it.each([
  [20_000, 'some'],
  [120_000, 'all'],
])(
  'each of 1,000 concurrent requests over breaking connections gets its own reply once, or times out (%s ms)',
  async (timeoutMs, answered) => {
    using clock = new DrivenClock()
    const random = randomBy(timeoutMs)
    const { session, transport } = open()
    const handled = new Map<string, number>()
    const responding = session.respond('a', (request) => {
      handled.set(request.text(), (handled.get(request.text()) ?? 0) + 1)
      return `re ${request.text()}`
    })
    await done(clock, responding)
    for (let at = 500; at < 20_000; at += 1_500 + random() * 1_000) setTimeout(() => transport.break(), at)
    const outcomes: string[] = []
    for (let index = 0; index < 1_000; index++) {
      session.request('a', String(index), { timeoutMs }).then(
        (reply) => outcomes.push(reply.text() === `re ${index}` ? 'answered' : `took ${reply.text()} for ${index}`),
        (error: unknown) => outcomes.push(error instanceof TopicCredentialsError ? error.code : String(error)),
      )
    }
    await clock.runUntil(clock.now + timeoutMs + 1_000)
    expect(outcomes).toHaveLength(1_000)
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length
    const timedOut = count('operation_timed_out')
    expect(outcomes.filter((outcome) => outcome !== 'answered' && outcome !== 'operation_timed_out')).toEqual([])
    expect(transport.connects.length).toBeGreaterThan(5)
    expect(Math.max(...handled.values())).toBe(1)
    expect(count('answered')).toBeGreaterThan(0)
    expect(timedOut > 0).toBe(answered === 'some')
    await session.close()
  },
)
