import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { KeepAlive, pingIntervalMs } from './keep-alive.js'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('a hidden tab, whose timers run once a minute', () => {
  it.each([60, 90, 120, 300, 1_200])(
    'keeps a connection with a keep-alive of %i s: the broker never waits 1.5 times as long',
    (seconds) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 59_999 }), (since) => {
          // The tab was hidden `since` milliseconds after a minute's beginning, right after a ping; timers then run at the next full minute.
          const due = since + pingIntervalMs(seconds, 60_000)
          const runsAt = Math.ceil(due / 60_000) * 60_000
          expect(runsAt - since).toBeLessThan(seconds * 1_500)
        }),
      )
    },
  )

  it('cannot keep one with less than 45 s, and pings at the shortest interval', () => {
    expect(pingIntervalMs(30, 60_000)).toBe(5_000)
    expect(pingIntervalMs(30, 0)).toBe(22_500)
  })
})

it('a keep-alive has one timer during an hour, and none after its end', () => {
  let pings = 0
  const keepAlive = new KeepAlive({
    seconds: 60,
    timersLateMs: 0,
    ping: () => {
      pings += 1
      queueMicrotask(() => keepAlive.heard())
    },
    dead: () => {
      throw new Error('the connection is alive')
    },
  })
  for (let second = 0; second < 3_600; second++) {
    jest.advanceTimersByTime(1_000)
    keepAlive.heard()
    expect(jest.getTimerCount()).toBe(1)
  }
  expect(pings).toBeGreaterThan(60)
  keepAlive.stop()
  expect(jest.getTimerCount()).toBe(0)
})
