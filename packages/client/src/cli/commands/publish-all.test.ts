import { describe, expect, it } from '@jest/globals'
import { publishAll } from './publish-all.js'

const never = new AbortController().signal

async function* counting(stop: AbortSignal, end = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  for (let number = 1; number <= end && !stop.aborted; number++) yield number
}

describe('publishAll', () => {
  it('publishes in order and counts', async () => {
    const published: number[] = []
    const publish = async (number: number) => void published.push(number)
    expect(await publishAll((stop) => counting(stop, 5), publish, never)).toEqual({ sent: 5, acknowledged: 5 })
    expect(published).toEqual([1, 2, 3, 4, 5])
  })

  it('ends at the first failure, and counts the messages acknowledged before it', async () => {
    const refusal = new Error('no')
    const publish = async (number: number) => {
      if (number > 2) throw refusal
    }
    const published = await publishAll(counting, publish, never)
    expect(published).toMatchObject({ acknowledged: 2, error: refusal })
    // Some messages are in flight when the refusal arrives.
    expect(published.sent).toBeLessThan(5)
  })

  it('ends at a failure while the source waits for input', async () => {
    const refusal = new Error('no')
    const waiting = async function* (stop: AbortSignal) {
      yield 1
      await new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
    }
    const publish = () => Promise.reject(refusal)
    expect(await publishAll(waiting, publish, never)).toEqual({ sent: 1, acknowledged: 0, error: refusal })
  })

  it('limits the messages in flight, and stops waiting for them when it is aborted', async () => {
    const interrupt = new AbortController()
    let under = 0
    const publish = () => {
      under += 1
      if (under === 50) setImmediate(() => interrupt.abort())
      return new Promise<void>(() => {})
    }
    const { sent, acknowledged, error } = await publishAll(counting, publish, interrupt.signal)
    expect({ sent, acknowledged, under }).toEqual({ sent: 50, acknowledged: 0, under: 50 })
    expect(error).toMatchObject({ code: 'aborted' })
  })
})
