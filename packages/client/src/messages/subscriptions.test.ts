import { describe, expect, it } from '@jest/globals'
import { Message } from './message.js'
import { Subscriptions } from './subscriptions.js'
import { UnmatchedMessages } from './unmatched-messages.js'

const quotaExceeded = 0x97
async function refused(code: number) {
  return new Error(`refused with ${code}`)
}

const subscriptionMessage = new Message({
  topic: 'a',
  payload: new Uint8Array(),
  qos: 1,
  retain: false,
  duplicate: false,
})

/** Subscriptions with a broker that answers with these codes, then with success. Records the steps. */
function scripted(codes: number[]) {
  const steps: string[] = []
  const turns: (() => void)[] = []
  const transport = {
    subscribe: async (filter: string) => {
      steps.push(`subscribe ${filter}`)
      return codes.shift() ?? 1
    },
    unsubscribe: async (filter: string) => {
      steps.push(`unsubscribe ${filter}`)
      return codes.shift() ?? 0
    },
  }
  const subscriptions = new Subscriptions(
    transport,
    (refusals) => {
      steps.push(`wait ${refusals}`)
      return new Promise((resolve) => turns.push(resolve))
    },
    new UnmatchedMessages(() => true),
  )
  /** Ends the next delay as soon as it has begun. */
  const nextTurn = async () => {
    while (turns.length === 0) await new Promise(setImmediate)
    turns.shift()?.()
  }
  return { subscriptions, steps, nextTurn }
}

describe('a SUBSCRIBE that AWS IoT throttles', () => {
  it('is sent again after each delay', async () => {
    const { subscriptions, steps, nextTurn } = scripted([quotaExceeded, quotaExceeded])
    const subscription = subscriptions.add('a', {}, refused)
    await nextTurn()
    await nextTurn()
    await expect(subscription.ready).resolves.toBe(1)
    expect(steps).toEqual(['subscribe a', 'wait 1', 'subscribe a', 'wait 2', 'subscribe a'])
  })

  it('fails after six attempts', async () => {
    const { subscriptions, steps, nextTurn } = scripted(Array(9).fill(quotaExceeded))
    const subscription = subscriptions.add('a', {}, refused)
    for (let turn = 1; turn <= 5; turn++) await nextTurn()
    await expect(subscription.ready).rejects.toThrow(`refused with ${quotaExceeded}`)
    expect(steps.filter((step) => step === 'subscribe a')).toHaveLength(6)
  })

  it('is not sent again after its subscription was closed', async () => {
    const { subscriptions, steps, nextTurn } = scripted([quotaExceeded])
    const subscription = subscriptions.add('a', {}, refused)
    const settled = subscription.ready.catch(() => 'ended')
    while (!steps.includes('wait 1')) await new Promise(setImmediate)
    await subscription.close()
    await nextTurn()
    expect(await settled).toBe('ended')
    expect(steps).toEqual(['subscribe a', 'wait 1', 'unsubscribe a'])
  })
})

it('a SUBSCRIBE that is not authorized is not sent again', async () => {
  const { subscriptions, steps } = scripted([0x87])
  await expect(subscriptions.add('a', {}, refused).ready).rejects.toThrow('refused with 135')
  expect(steps).toEqual(['subscribe a'])
})

describe('an UNSUBSCRIBE', () => {
  it('that the broker refuses is reported, and makes close() throw', async () => {
    const { subscriptions } = scripted([1, 0x8f])
    const reported: unknown[] = []
    const subscription = subscriptions.add('a', {}, (code, operation) => {
      reported.push([operation, code])
      return refused(code)
    })
    await subscription.ready
    await expect(subscription.close()).rejects.toThrow('refused with 143')
    expect(reported).toEqual([['unsubscribe', 0x8f]])
  })

  it('that the broker refuses causes no error at the end of a loop or of `await using`', async () => {
    const { subscriptions } = scripted([1, 0x8f, 1, 0x8f])
    const reported: unknown[] = []
    const report = (code: number) => {
      reported.push(code)
      return refused(code)
    }
    const looped = subscriptions.add('a', {}, report)
    await looped.ready
    const messages = looped[Symbol.asyncIterator]()
    const first = messages.next()
    looped.deliver(subscriptionMessage)
    await first
    await messages.return()
    await using disposed = subscriptions.add('a', {}, report)
    await disposed.ready
    await disposed[Symbol.asyncDispose]()
    expect(reported).toEqual([0x8f, 0x8f])
  })

  it('that is answered with "no subscription existed" is not refused', async () => {
    const { subscriptions } = scripted([1, 0x11])
    const subscription = subscriptions.add('a', {}, refused)
    await subscription.ready
    await subscription.close()
  })
})
