import { describe, expect, it } from '@jest/globals'
import { Quota } from './aws/quota.js'
import type { Scenario } from './fleet.js'
import { spreadFor } from './jobs/jobs.js'
import { NaiveFleet, naiveClients } from './naive-fleet.js'
import { OurFleet } from './our-fleet.js'

const clientCount = 5_000
function scenario(start: Scenario['start']): Scenario {
  return { clients: clientCount, start, seed: 1, untilMs: 3_600_000 }
}
function run(start: Scenario['start']) {
  return new OurFleet(scenario(start), spreadFor(clientCount)).run()
}
/** One run of each scenario, for all tests that look at it. */
const runs = new Map<Scenario['start'], ReturnType<typeof run>>()
function ours(start: Scenario['start']) {
  const one = runs.get(start) ?? run(start)
  runs.set(start, one)
  return one
}

describe('a fleet of ours that is spread', () => {
  it('reconnects with fresh credentials within 1.2 of the bound and the interval between CONNECTs, without other calls', async () => {
    const { connect, sts, api, secondsTo } = await ours('fresh')
    expect([sts.requests, api.requests]).toEqual([0, 0])
    expect(connect.peakLater).toBeLessThanOrEqual(1.1 * connect.perSecond)
    expect(secondsTo.all).toBeLessThan((1.2 * clientCount) / connect.perSecond + 1)
  })

  it.each(['cold', 'stale'] as const)(
    'gets all its credentials (%s) within every quota after three seconds',
    async (start) => {
      const { connect, sts, api, subscribe, connected } = await ours(start)
      // The function repeats a throttled call of STS itself, twice, within a second and a half.
      for (const { bySecond, perSecond } of [connect, sts, api, subscribe]) {
        expect(Math.max(0, ...bySecond.subarray(3))).toBeLessThanOrEqual(1.1 * perSecond)
      }
      expect(connected.reduce((sum, count) => sum + count, 0)).toBe(clientCount)
    },
  )

  it('needs fewer CONNECTs than any naive fleet', async () => {
    const { connect } = await ours('fresh')
    for (const client of [naiveClients.sdk, naiveClients.fixed, naiveClients.faster]) {
      const naive = await new NaiveFleet(client, scenario('fresh')).run()
      expect(naive.connect.requests).toBeGreaterThan(connect.requests)
      expect(naive.connected.reduce((sum, count) => sum + count, 0)).toBe(clientCount)
    }
  })

  it('is the same for the same seed', async () => {
    const [one, other] = [await ours('cold'), await run('cold')]
    expect(one).toEqual(other)
  })
})

it('a quota gives its burst at once, then its rate', () => {
  const quota = new Quota({ name: 'q', perSecond: 10, burst: 3 })
  const taken = (now: number, times: number) =>
    Array.from({ length: times }, () => quota.take(now)).filter(Boolean).length
  expect([taken(0, 5), taken(99, 5), taken(100, 5), taken(10_000, 5)]).toEqual([3, 0, 1, 3])
  expect(quota.rejected).toBe(13)
})
