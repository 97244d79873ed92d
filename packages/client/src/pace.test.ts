import { describe, expect, it } from '@jest/globals'
import { Pace } from './pace.js'

describe('Pace', () => {
  it('lets a second’s worth through at once, then one at a time', () => {
    const clock = { now: 50_000 }
    const pace = new Pace(100, () => clock.now)
    const waits = Array.from({ length: 103 }, () => pace.next())
    expect(waits.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 0))
    expect(waits.slice(100)).toEqual([10, 20, 30])
    clock.now += 30
    expect(pace.next()).toBe(10)
    clock.now += 2_000
    expect(pace.next()).toBe(0)
  })
})
