import { afterAll, describe, expect, it } from '@jest/globals'
import { TopicCredentialsError } from './errors.js'
import { DrivenClock } from './testing/driven-clock.js'
import { scriptedSession } from './testing/scripted/scripted-session.js'
import type { Fault, Point } from './testing/scripted/scripted-transport.js'
import { randomBy } from './testing/seeded-random.js'

/** Maximum time from the last fault until every operation has a result, in milliseconds. */
const answeredWithinMs = 15_000
const maxFaults = 4
/** Set SESSION_RUNS=10000 for more lives, or SESSION_SEED and SESSION_RUNS=1 to repeat one. */
const runs = Number(process.env.SESSION_RUNS ?? 2_000)
const firstSeed = Number(process.env.SESSION_SEED ?? 1)

/** The events that can follow each event: the state machine of the README. */
const next: Readonly<Record<string, readonly string[]>> = {
  begin: ['connecting'],
  connecting: ['connected', 'interrupted', 'closed'],
  connected: ['renewed', 'interrupted', 'closed'],
  renewed: ['interrupted', 'closed'],
  interrupted: ['connecting', 'closed'],
  closed: [],
}

const points: readonly Point[] = [
  'connack',
  'handshake',
  'puback',
  'publish',
  'standing',
  'suback',
  'subscribe',
  'upgrade',
]
const faults: readonly Fault[] = ['cut', 'disconnect', 'quota', 'silence']

/** One life of a session, by its seed. */
async function live(seed: number): Promise<void> {
  using clock = new DrivenClock()
  const random = randomBy(seed)
  // Also seeds the client's jitter, so that a seed repeats its life.
  Math.random = randomBy(seed + 0.5)
  const one = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)] as T
  const latency = () => 1 + Math.floor(random() * 200)
  let left = Math.floor(random() * (maxFaults + 1))
  const fault = (point: Point): Fault | undefined => {
    if (left === 0 || !points.includes(point) || random() > 0.3) return undefined
    left -= 1
    const met = one(faults)
    if (met !== 'quota') return met
    // After a third one, the client would wait longer than this test does.
    quotas += 1
    return quotas > 2 ? 'cut' : met
  }
  let quotas = 0
  const { session, transport, credentials } = scriptedSession({ clientId: `alice:${seed}`, fault, latency })

  const events = ['begin']
  for (const event of ['connecting', 'connected', 'renewed', 'interrupted', 'closed'] as const) {
    session.on(event, () => {
      expect(next[events.at(-1) ?? '']).toContain(event)
      if (event !== 'renewed') expect(session.state).toBe(event)
      events.push(event)
    })
  }
  const unanswered = new Set<string>()
  let operations = 0
  let lastOperationAt = 0
  const watch = (name: string, answer: Promise<unknown>) => {
    operations += 1
    const key = `${name} ${operations}`
    lastOperationAt = clock.now
    unanswered.add(key)
    answer.then(
      () => unanswered.delete(key),
      (error: unknown) => {
        if (error instanceof TopicCredentialsError) unanswered.delete(key)
      },
    )
  }
  const received = new Map<string, number>()
  transport.start()
  const actions = {
    subscribe: () => {
      const listener = operations
      const messages = session.subscribe(one(['a', 'b', 'c']), {
        onMessage: (message) => {
          const key = `${listener} ${message.text()}`
          received.set(key, (received.get(key) ?? 0) + 1)
        },
      })
      watch('subscribe', messages.ready)
    },
    publish: () => watch('publish', session.publish(one(['a', 'b', 'c']), `message ${operations}`)),
    grant: () => watch('grant', session.grant({ subscribe: ['a'] })),
    renew: () => {
      credentials.invalidate()
      if (left === 0) return
      left -= 1
      transport.break()
    },
  }
  for (let count = Math.floor(random() * 8); count > 0; count--) {
    await clock.runUntil(clock.now + Math.floor(random() * 1_500))
    // A terminal refusal of the first CONNECT has ended it.
    if (session.state === 'closed') break
    one(Object.values(actions))()
  }
  await clock.runUntil(clock.now + 120_000, () => unanswered.size === 0)
  const message = `seed ${seed}: ${[...unanswered]} after ${events.join(' ')}`
  if (unanswered.size > 0) throw new Error(`unanswered: ${message}`)
  const since = clock.now - Math.max(transport.lastFaultAt, lastOperationAt)
  if (since > answeredWithinMs) throw new Error(`${since} ms: ${message}`)
  for (const [index, at] of transport.connects.entries()) {
    if (index > 0) expect(at - (transport.connects[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_000)
  }
  expect([...received.values()].filter((times) => times > 1)).toEqual([])
  const before = clock.now
  let closed = false
  void session.close().then(() => {
    closed = true
  })
  await clock.runUntil(clock.now + 1_000, () => closed)
  expect(closed).toBe(true)
  expect(clock.now - before).toBeLessThanOrEqual(1_000)
  await clock.runUntil(clock.now + 200_000)
  expect(events.at(-1)).toBe('closed')
}

const chance = Math.random

afterAll(() => {
  Math.random = chance
})

describe('a session with random faults', () => {
  it(`settles every operation in time, emits events in order, never connects twice in a second, delivers nothing twice: ${runs} lives`, async () => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      await live(seed).catch((error: unknown) => {
        throw new Error(`SESSION_SEED=${seed} SESSION_RUNS=1 repeats it`, { cause: error })
      })
    }
  }, 1_200_000)
})
