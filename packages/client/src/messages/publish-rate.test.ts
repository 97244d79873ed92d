import { describe, expect, it } from '@jest/globals'
import { awsPublishRate, PublishRate, type RateClock } from './publish-rate.js'

/** A clock that only moves to the end of the next sleep. */
function drivenClock() {
  const sleeping: { readonly until: number; readonly wake: () => void }[] = []
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: (ms: number) => new Promise<void>((wake) => sleeping.push({ until: clock.time + ms, wake })),
  }
  /** Runs all pending callbacks, then moves the clock to the end of the next sleep, until no sleep is left. */
  const drive = async () => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      sleeping.sort((a, b) => a.until - b.until)
      const next = sleeping.shift()
      if (next === undefined) return
      clock.time = Math.max(clock.time, next.until)
      next.wake()
    }
  }
  return { clock, sleeping, drive }
}

/** Starts `count` operations together, and records their start times and order. */
function ask(pace: PublishRate, clock: RateClock, count: number, answer: (index: number) => Promise<unknown>) {
  const began: number[] = []
  const order: number[] = []
  for (let index = 0; index < count; index++) {
    void pace.run(async () => {
      began.push(clock.now())
      order.push(index)
      await answer(index)
    })
  }
  return { began, order }
}

async function atOnce() {}

describe('PublishRate', () => {
  it('starts a burst immediately, then one at a time, and another burst after a pause', async () => {
    const { clock, drive } = drivenClock()
    const pace = new PublishRate({ perSecond: 100, burst: 3 }, clock)
    const first = ask(pace, clock, 5, atOnce)
    await drive()
    expect(first.began).toEqual([0, 0, 0, 10, 20])
    clock.time += 5_000
    const second = ask(pace, clock, 4, atOnce)
    await drive()
    expect(second.began).toEqual([5_020, 5_020, 5_020, 5_030])
  })

  it('starts operations in the order of the calls, even if timers fire late', async () => {
    const { clock, sleeping, drive } = drivenClock()
    const { order } = ask(new PublishRate({ perSecond: 100, burst: 1 }, clock), clock, 20, atOnce)
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      // The newest timer fires first.
      sleeping.splice(-1)[0]?.wake()
    }
    await drive()
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  it.each([
    ['immediately', () => 0],
    ['in bursts, because the other side stalls', (now: number) => 700 - (now % 700)],
    ['late', () => 3_000],
  ])('keeps publishes under AWS IoT’s 100 in any second if they arrive %s', async (_, delay) => {
    const { clock, drive } = drivenClock()
    const arrived: number[] = []
    ask(new PublishRate(awsPublishRate, clock), clock, 1_000, async () => {
      await clock.sleep(delay(clock.now()))
      arrived.push(clock.now())
    })
    await drive()
    expect(arrived).toHaveLength(1_000)
    for (const start of arrived) {
      expect(arrived.filter((at) => at >= start && at < start + 1_000).length).toBeLessThan(100)
    }
  })

  it('continues if an operation gets no response, or fails', async () => {
    const { clock, drive } = drivenClock()
    const pace = new PublishRate({ perSecond: 8, burst: 2 }, clock)
    void pace.run(() => new Promise(() => {}))
    const failed = pace.run(() => Promise.reject(new Error('no')))
    const { began } = ask(pace, clock, 30, atOnce)
    await Promise.all([expect(failed).rejects.toThrow('no'), drive()])
    expect(began).toHaveLength(30)
    expect(began.at(-1)).toBeLessThan(10_000)
  })
})
