import { describe, expect, it } from '@jest/globals'
import type { QoS } from '../connection/transport.js'
import { Message } from './message.js'
import { type SubscribeOptions, Subscription } from './subscription.js'

function message(text: string): Message {
  return new Message({ topic: 't', payload: new TextEncoder().encode(text), qos: 1, retain: false, duplicate: false })
}

function subscription(options: SubscribeOptions = {}, ready: Promise<QoS> = Promise.resolve(1)) {
  const unsubscribed: string[] = []
  const owner = { unsubscribe: async ({ filter }: Subscription) => void unsubscribed.push(filter) }
  return { subscription: new Subscription(owner, 't', options, () => ready), unsubscribed }
}

async function texts(messages: AsyncIterable<Message>): Promise<string[]> {
  const seen: string[] = []
  for await (const { payload } of messages) seen.push(new TextDecoder().decode(payload))
  return seen
}

describe('Subscription', () => {
  it('yields the messages from before and during the iteration in order, and ends', async () => {
    const { subscription: messages } = subscription()
    messages.deliver(message('1'))
    const reading = texts(messages)
    await messages.ready
    messages.deliver(message('2'))
    messages.deliver(message('3'))
    messages.end()
    expect(await reading).toEqual(['1', '2', '3'])
  })

  it('unsubscribes once when the loop ends', async () => {
    const { subscription: messages, unsubscribed } = subscription()
    messages.deliver(message('1'))
    for await (const _ of messages) break
    await messages.close()
    expect(unsubscribed).toEqual(['t'])
  })

  it('drops the oldest messages when the buffer is full, and counts them', async () => {
    const { subscription: messages } = subscription({ bufferSize: 2 })
    for (const text of ['1', '2', '3', '4']) messages.deliver(message(text))
    messages.end()
    expect(await texts(messages)).toEqual(['3', '4'])
    expect(messages.dropped).toBe(2)
  })

  it('ends with an error when the buffer is full, if onOverflow is "fail"', async () => {
    const { subscription: messages } = subscription({ bufferSize: 1, onOverflow: 'fail' })
    messages.deliver(message('1'))
    messages.deliver(message('2'))
    await expect(texts(messages)).rejects.toMatchObject({ code: 'buffer_overflow', value: 't' })
  })

  it('throws the broker’s refusal from the iteration, and leaves no unhandled rejection without one', async () => {
    const refusal = new Error('refused')
    const { subscription: messages } = subscription({}, Promise.reject(refusal))
    await expect(texts(messages)).rejects.toBe(refusal)
    subscription({}, Promise.reject(refusal))
  })

  it('passes messages to onMessage instead, until it ends', async () => {
    const seen: Message[] = []
    const { subscription: messages } = subscription({ onMessage: (received) => seen.push(received) })
    const first = message('1')
    messages.deliver(first)
    messages.end()
    messages.deliver(message('2'))
    expect(seen).toEqual([first])
  })

  it('ends when its signal is aborted', async () => {
    const stop = new AbortController()
    const { subscription: messages, unsubscribed } = subscription({ signal: stop.signal })
    const reading = texts(messages)
    stop.abort()
    expect(await reading).toEqual([])
    expect(unsubscribed).toEqual(['t'])
  })
})
