import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { TimerWheel } from './timer-wheel.js'

/** Everything that fires, in order, as [time, slot]. */
function drain(wheel: TimerWheel, until = Number.POSITIVE_INFINITY): [number, number][] {
  const fired: [number, number][] = []
  while (wheel.advance(until)) {
    for (let slot = wheel.take(); slot !== undefined; slot = wheel.take()) fired.push([wheel.now, slot])
  }
  return fired
}

describe('TimerWheel', () => {
  it('fires each timer that is not cancelled at its millisecond, whatever its distance', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.integer({ min: 1, max: 400_000 }), cancelled: fc.boolean() }), {
          maxLength: 40,
        }),
        (timers) => {
          const wheel = new TimerWheel(timers.length)
          timers.forEach(({ delay }, slot) => {
            wheel.set(slot, delay)
          })
          timers.forEach(({ cancelled }, slot) => {
            if (cancelled) wheel.cancel(slot)
          })
          const expected = timers.flatMap(({ delay, cancelled }, slot) => (cancelled ? [] : [[delay, slot]]))
          const inOrder = (one: number[], other: number[]) =>
            Number(one[0]) - Number(other[0]) || Number(one[1]) - Number(other[1])
          expect(drain(wheel).sort(inOrder)).toEqual(expected.sort(inOrder))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('takes a timer that is set while others fire, no sooner than the next millisecond', () => {
    const wheel = new TimerWheel(2)
    wheel.set(0, 65_536)
    wheel.advance(100_000)
    expect(wheel.take()).toBe(0)
    wheel.set(1, 0)
    expect(wheel.take()).toBeUndefined()
    expect(drain(wheel)).toEqual([[65_537, 1]])
  })

  it('goes no further than it is told', () => {
    const wheel = new TimerWheel(1)
    wheel.set(0, 5_000)
    expect(drain(wheel, 4_999)).toEqual([])
    expect(drain(wheel, 5_001)).toEqual([[5_000, 0]])
  })
})
