import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { VirtualClock } from './virtual-clock.js'

/** Everything that fires, in order, as [time, slot]. */
function drain(clock: VirtualClock, until = Number.POSITIVE_INFINITY): [number, number][] {
  const fired: [number, number][] = []
  while (clock.advance(until)) {
    for (let slot = clock.take(); slot !== undefined; slot = clock.take()) fired.push([clock.now, slot])
  }
  return fired
}

describe('VirtualClock', () => {
  it('fires each timer that is not cancelled at its millisecond, whatever its distance', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.integer({ min: 1, max: 400_000 }), cancelled: fc.boolean() }), {
          maxLength: 40,
        }),
        (timers) => {
          const clock = new VirtualClock(timers.length)
          timers.forEach(({ delay }, slot) => {
            clock.set(slot, delay)
          })
          timers.forEach(({ cancelled }, slot) => {
            if (cancelled) clock.cancel(slot)
          })
          const expected = timers.flatMap(({ delay, cancelled }, slot) => (cancelled ? [] : [[delay, slot]]))
          const inOrder = (one: number[], other: number[]) =>
            Number(one[0]) - Number(other[0]) || Number(one[1]) - Number(other[1])
          expect(drain(clock).sort(inOrder)).toEqual(expected.sort(inOrder))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('takes a timer that is set while others fire, no sooner than the next millisecond', () => {
    const clock = new VirtualClock(2)
    clock.set(0, 65_536)
    clock.advance(100_000)
    expect(clock.take()).toBe(0)
    clock.set(1, 0)
    expect(clock.take()).toBeUndefined()
    expect(drain(clock)).toEqual([[65_537, 1]])
  })

  it('stops at the given time', () => {
    const clock = new VirtualClock(1)
    clock.set(0, 5_000)
    expect(drain(clock, 4_999)).toEqual([])
    expect(drain(clock, 5_001)).toEqual([[5_000, 0]])
  })
})
