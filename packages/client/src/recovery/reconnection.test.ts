import { describe, expect, it } from '@jest/globals'
import { Reconnection } from './reconnection.js'

/** A reconnection that records its steps, with each random number in the middle of its range. */
function recorded({ spreadMs, prepare = async () => {} }: { spreadMs?: number; prepare?: () => Promise<void> } = {}) {
  const steps: (number | string)[] = []
  const closing = new AbortController()
  const reconnection = new Reconnection({
    transport: { start: () => steps.push('start') },
    handshake: {
      prepare: async () => {
        steps.push('credentials')
        await prepare()
      },
    },
    connectIntervalMs: 1_000,
    spreadMs,
    closing: closing.signal,
    random: () => 0.5,
    pause: async (ms, signal) => {
      steps.push(ms)
      signal.throwIfAborted()
    },
  })
  return { reconnection, steps, closing }
}

describe('Reconnection', () => {
  it('waits, then obtains credentials, then connects', async () => {
    const { reconnection, steps } = recorded()
    await reconnection.attempt('failed')
    expect(steps).toEqual([100, 'credentials', 'start'])
  })

  it('counts failures and throttled attempts separately, and resets both after a success', async () => {
    const { reconnection, steps } = recorded({ spreadMs: 10_000 })
    const waits = async (...after: ('failed' | 'throttled')[]) => {
      for (const setback of after) await reconnection.attempt(setback)
      return steps.splice(0).filter((step) => typeof step === 'number')
    }
    // A throttled attempt first waits the interval between two CONNECTs, so that short delays do not end at the same moment.
    expect(await waits('failed', 'throttled', 'failed', 'throttled', 'throttled')).toEqual([
      100, 6_000, 200, 6_000, 11_000,
    ])
    reconnection.succeeded()
    expect(await waits('throttled', 'failed')).toEqual([6_000, 100])
  })

  it('does not connect without credentials, and throws the reason', async () => {
    const { reconnection, steps } = recorded({ prepare: () => Promise.reject(new Error('vendor says no')) })
    await expect(reconnection.attempt('throttled')).rejects.toThrow('vendor says no')
    expect(steps).toEqual([2_000, 'credentials'])
  })

  it('does not connect if the session was closed during the delay or during the request to the vendor', async () => {
    const early = recorded()
    early.closing.abort(new Error('closed'))
    await expect(early.reconnection.attempt('failed')).rejects.toThrow('closed')
    const late = recorded({ prepare: async () => late.closing.abort(new Error('closed')) })
    await expect(late.reconnection.attempt('failed')).rejects.toThrow('closed')
    expect([early.steps, late.steps]).toEqual([[100], [100, 'credentials']])
  })
})
