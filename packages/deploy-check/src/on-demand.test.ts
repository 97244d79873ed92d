import { describe, expect, it } from '@jest/globals'
import { report, wantsReport } from './on-demand.js'
import { reportRequest } from './on-demand-report.js'
import { allowed, refused } from './trials/outcome.js'
import type { TrialResult } from './trials/trial-result.js'

const works: TrialResult = { trial: 'connect', expected: 'allowed', outcome: allowed }
const broken: TrialResult = { trial: 'connect', expected: 'allowed', outcome: refused('0x87') }

async function run(rounds: readonly (readonly TrialResult[])[]) {
  let now = 0
  let round = 0
  const answer = await report(async () => rounds[Math.min(round++, rounds.length - 1)] ?? [], {
    remaining: () => 840_000 - now,
    spreading: 120_000,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    report: () => undefined,
  })
  return { ...answer, seconds: now / 1000 }
}

describe('report', () => {
  it('lists passed trials', async () => {
    expect(await run([[works]])).toEqual({ passed: true, lines: ['✓ connect: allowed'], seconds: 0 })
  })

  it('lists failed trials, after at most two minutes', async () => {
    const { seconds, ...answer } = await run([[works, broken]])
    expect(answer).toEqual({
      passed: false,
      lines: ['✓ connect: allowed', '✗ connect: refused (0x87), must be allowed'],
    })
    expect(seconds).toBeGreaterThan(10)
    expect(seconds).toBeLessThanOrEqual(120)
  })

  it('retries a trial that works later', async () => {
    expect(await run([[broken], [works]])).toMatchObject({ passed: true, seconds: 2 })
  })

  it('throws its own errors', async () => {
    const policy = { remaining: () => 1_000, spreading: 0, sleep: async () => undefined, report: () => undefined }
    await expect(report(() => Promise.reject(new TypeError('x')), policy)).rejects.toThrow(TypeError)
  })
})

it.each([
  [reportRequest, true],
  [{}, false],
  [{ report: 'true' }, false],
  [null, false],
  ['report', false],
])('%j requests a report: %j', (event, expected) => {
  expect(wantsReport(event)).toBe(expected)
})
