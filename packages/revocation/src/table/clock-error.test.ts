import { describe, expect, it } from '@jest/globals'
import type { AccessKey } from '@topic-credentials/access'
import { MemoryTable } from '@topic-credentials/access/testing'
import fc from 'fast-check'
import { TestRole } from '../testing/lagging-role.js'
import { TableRevoker } from './table-revoker.js'

/**
 * The command has AWS's time from the dates of responses: whole seconds, plus the latency of the response. A session that was issued just
 * before the command must be denied nevertheless.
 */

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000)
const alice: AccessKey = { kind: 'user', name: 'alice' }

describe(`a clock that is behind (SEED=${seed})`, () => {
  it.each(['undo', 'signOut'] as const)(
    '%s denies the sessions issued until then, and no later ones',
    async (command) => {
      const cases = fc.record({
        beganAt: fc.integer({ min: 0, max: 999 }),
        issuedBefore: fc.integer({ min: 1, max: 5000 }),
        took: fc.integer({ min: 0, max: 5000 }),
        answerTook: fc.integer({ min: 0, max: 2000 }),
      })
      await fc.assert(
        fc.asyncProperty(cases, async ({ beganAt, issuedBefore, took, answerTook }) => {
          const role = new TestRole()
          role.clock.at += beganAt
          const revoker = new TableRevoker({
            table: new MemoryTable(),
            role: role.view(
              async () => {},
              () => 0,
            ),
            vendors: async () => [],
            now: () => Math.floor((role.clock.at - answerTook) / 1000) * 1000,
            patience: { reads: 1, pause: async () => {} },
            operator: async () => 'operator',
          })
          const issuedAt = role.clock.at - issuedBefore
          await revoker.revoke(alice)
          expect(role.may('alice', issuedAt)).toBe(false)
          role.clock.at += took
          await revoker[command](alice)
          if (command === 'signOut') await revoker.undo(alice)
          const moment = role.clock.at
          expect([role.may('alice', issuedAt), role.may('alice', moment - 1)]).toEqual([false, false])
          expect([role.may('alice', moment + 4000), role.may('bob', issuedAt)]).toEqual([true, true])
        }),
        { seed, numRuns: 300 },
      )
    },
  )
})
