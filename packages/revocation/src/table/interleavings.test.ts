import { describe, expect, it, jest } from '@jest/globals'
import { type AccessKey, type Attributes, keyText, readAccess, readItem } from '@topic-credentials/access'
import { MemoryTable } from '@topic-credentials/access/testing'
import { encodeUserId } from '@topic-credentials/grants'
import fc from 'fast-check'
import { sessionLife } from '../roles/session-times.js'
import { TestRole } from '../testing/lagging-role.js'
import { TableRevoker } from './table-revoker.js'

/**
 * Two concurrent operators: their requests are executed in any order, their reads of IAM are stale, responses are lost, and the
 * processes die. Then one more command runs.
 */

// The work takes longer than Jest's default timeout.
jest.setTimeout(300_000)

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000)
const second = 1000
const keys: readonly AccessKey[] = [
  { kind: 'user', name: 'alice' },
  { kind: 'user', name: 'bob' },
  { kind: 'role', name: 'Dev' },
]
const users = ['alice', 'bob', 'Dev~carol', 'Dev~alice', 'dave']

type Action = 'revoke' | 'undo' | 'signOut' | 'clear' | 'repair'
interface Command {
  readonly action: Action
  readonly key: AccessKey
  /** The responses to these writes are lost. */
  readonly lost: readonly boolean[]
  /** By how many writes each read of IAM is stale. */
  readonly late: readonly number[]
  /** The step at which the process dies. */
  readonly dies: number | undefined
}
interface Round {
  readonly commands: readonly Command[]
  /** The step at which the first command waits until the second has ended. */
  readonly stalls: number | undefined
  /** Seconds until the next command. */
  readonly pause: number
}

const command: fc.Arbitrary<Command> = fc.record({
  action: fc.constantFrom('revoke', 'revoke', 'revoke', 'undo', 'undo', 'signOut', 'clear', 'repair' as const),
  key: fc.constantFrom(...keys),
  lost: fc.array(fc.boolean(), { maxLength: 4 }),
  late: fc.array(fc.nat({ max: 4 }), { maxLength: 6 }),
  dies: fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined, freq: 4 }),
})
const round: fc.Arbitrary<Round> = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 2 }),
  stalls: fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined, freq: 2 }),
  pause: fc.constantFrom(1, 10, 700, 3600, 20 * 3600, 26 * 3600),
})

class Killed extends Error {}

/** One account: the table, the role and all issued sessions. */
function world(turn: () => Promise<unknown>) {
  const role = new TestRole()
  const items = new Map<string, Attributes>()
  const run = async (
    { action, key, lost, late, dies }: Command,
    stalls?: number,
    meanwhile?: () => Promise<unknown>,
  ) => {
    let steps = 0
    const step = async () => {
      await turn()
      steps += 1
      if (steps === dies) throw new Killed()
      if (steps === stalls) await meanwhile?.()
    }
    const [losses, lags] = [[...lost], [...late]]
    const table = new MemoryTable(step, items)
    table.loses = () => losses.shift() ?? false
    const revoker = new TableRevoker({
      table,
      role: role.view(step, () => lags.shift() ?? 0),
      vendors: async () => [],
      now: role.clock.now,
      patience: { reads: 3, pause: async () => {} },
      operator: async () => 'operator',
      change: { attempts: 100, pause: async () => {} },
    })
    try {
      await (action === 'clear' ? revoker.clear() : action === 'repair' ? revoker.repair() : revoker[action](key))
      return true
    } catch (error) {
      if (error instanceof Killed) return false
      throw error
    }
  }
  const itemOf = (key: AccessKey) => {
    const item = items.get(keyText(key))
    return item === undefined ? undefined : readItem(item)
  }
  return { role, items, run, itemOf }
}

/** Whether the item is valid after a round in which this was its only command, and ended. */
function holds({ action }: Command, item: ReturnType<ReturnType<typeof world>['itemOf']>): boolean {
  if (action === 'revoke') return item?.revokedAt !== undefined
  if (action === 'undo') return item?.revokedAt === undefined
  if (action === 'signOut') return item?.signedOutAt !== undefined
  return action === 'repair' || (item?.revokedAt ?? item?.signedOutAt) === undefined
}

const quiet = { lost: [], late: [], dies: undefined }

describe(`any order of commands (SEED=${seed})`, () => {
  it(
    'a user whose last command was revoke never vends, one whose last was undo does, and live sessions agree after one command',
    async () => {
      let checked = 0
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fc.array(round, { minLength: 1, maxLength: 4 }), async (scheduler, rounds) => {
          const { role, items, run, itemOf } = world(() => scheduler.schedule(Promise.resolve()))
          const issued: { readonly user: string; readonly at: number }[] = []
          const issue = async () => {
            for (const userId of users) {
              const question = { userId, groups: [], role: userId.startsWith('Dev~') ? 'Dev' : undefined }
              const { revokedBy } = await readAccess(new MemoryTable(undefined, items), question)
              const [own, dev] = [
                itemOf({ kind: 'user', name: encodeUserId(userId) }),
                itemOf({ kind: 'role', name: 'Dev' }),
              ]
              const revoked = [own, question.role === undefined ? undefined : dev].some(
                (one) => one?.revokedAt !== undefined,
              )
              expect(revokedBy !== undefined).toBe(revoked)
              if (!revoked) issued.push({ user: userId, at: role.clock.at })
            }
          }
          const agree = () => {
            const now = role.clock.at
            for (const { user, at } of issued) {
              // An older session has expired, and so has its connection.
              if (at + sessionLife <= now) continue
              const marks = [
                itemOf({ kind: 'user', name: encodeUserId(user) }),
                user.startsWith('Dev~') ? itemOf({ kind: 'role', name: 'Dev' }) : undefined,
              ]
              const expected = marks.every((item) => item?.revokedAt === undefined && at >= (item?.signedOutAt ?? 0))
              expect({ user, at, may: role.may(encodeUserId(user), at) }).toEqual({ user, at, may: expected })
              checked += 1
            }
          }
          await issue()
          for (const { commands, stalls, pause } of rounds) {
            role.clock.at += second
            const [first, other] = commands
            const later = other === undefined ? undefined : run(other)
            const both = [
              ...(first === undefined ? [] : [run(first, stalls, async () => later)]),
              ...(later === undefined ? [] : [later]),
            ]
            const ends = await scheduler.waitFor(Promise.all(both))
            // A dead command can leave work for the next one; a completed command cannot.
            if (ends.every((ended) => ended)) agree()
            for (const [index, one] of commands.entries()) {
              const alone = commands.every(
                (other) => other === one || (other.action !== 'clear' && keyText(other.key) !== keyText(one.key)),
              )
              if (alone && ends[index]) expect({ one, held: holds(one, itemOf(one.key)) }).toEqual({ one, held: true })
            }
            role.clock.at += pause * second
            await issue()
          }
          // An ordinary command for another user.
          await scheduler.waitFor(run({ ...quiet, action: 'signOut', key: { kind: 'user', name: 'zoe' } }))
          agree()
        }),
        { seed, numRuns: Number(process.env.RUNS ?? 1000) },
      )
      process.stderr.write(`interleavings, SEED=${seed}: ${checked} live sessions checked\n`)
      expect(checked).toBeGreaterThan(1000)
    },
    Number(process.env.RUNS ?? 1000) * 300,
  )
})

describe('a command dies while another one runs', () => {
  const quietSignOut = (name: string): Command => ({ ...quiet, action: 'signOut', key: { kind: 'user', name } })

  /**
   * The other command has begun when the first one reads, and ends before the first one writes.
   *
   * @param begins The step at which the other command waits and the first one begins.
   * @param stands The step at which the first command waits until the other one has ended.
   * @param dies The step at which the first command dies.
   */
  async function meet(action: Action, begins: number, stands: number, dies: number): Promise<boolean> {
    const { role, run, itemOf } = world(async () => {})
    await run(quietSignOut('bob'))
    role.clock.at += 60 * second
    const issuedAt = role.clock.at - second
    let first: Promise<unknown> | undefined
    let stand = () => {}
    const stood = new Promise<void>((resolve) => {
      stand = resolve
    })
    const other: Promise<unknown> = run({ ...quietSignOut('alice'), lost: [true, false, true] }, begins, () => {
      first = run({ ...quietSignOut('bob'), action, dies }, stands, () => {
        stand()
        return other
      })
      return Promise.race([stood, first])
    })
    await other
    await first
    await run(quietSignOut('zoe'))
    return itemOf({ kind: 'user', name: 'alice' })?.signedOutAt === undefined || !role.may('alice', issuedAt)
  }

  it.each(['repair', 'signOut'] as const)('%s, at any step: older sessions are denied', async (action) => {
    for (let begins = 1; begins <= 12; begins++) {
      for (let stands = 1; stands <= 30; stands++) {
        const over = await meet(action, begins, stands, stands + 3)
        expect({ begins, stands, over }).toEqual({ begins, stands, over: true })
      }
    }
  })
})
