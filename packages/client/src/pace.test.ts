import { describe, expect, it } from '@jest/globals'
import { Pace, PUBLISH_PACE } from './pace.js'

describe('Pace', () => {
  it('lets a burst happen at once, then one at a time, and a burst again after a pause', () => {
    const clock = { now: 50_000 }
    const pace = new Pace({ perSecond: 100, burst: 3 }, () => clock.now)
    expect([1, 2, 3, 4, 5].map(() => pace.next())).toEqual([0, 0, 0, 10, 20])
    clock.now += 20
    expect(pace.next()).toBe(10)
    clock.now += 5_000
    expect([1, 2, 3, 4].map(() => pace.next())).toEqual([0, 0, 0, 10])
  })

  it('keeps publishes under AWS IoT’s 100 in any second, whenever they are asked for', () => {
    const clock = { now: 0 }
    const pace = new Pace(PUBLISH_PACE, () => clock.now)
    const happened = Array.from({ length: 1_000 }, (_, index) => {
      clock.now = index < 500 ? 0 : 20_000
      return clock.now + pace.next()
    })
    for (const start of happened)
      expect(happened.filter((at) => at >= start && at < start + 1_000).length).toBeLessThan(100)
  })
})
