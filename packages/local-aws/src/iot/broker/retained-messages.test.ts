import { expect, it } from '@jest/globals'
import { message, TestClock } from '../testing/recipient.js'
import { RetainedMessages } from './retained-messages.js'

it('keeps the last message of each topic, until an empty one removes it [MQTT-3.3.1-6]', () => {
  const retained = new RetainedMessages(new TestClock())
  retained.keep(message('1', { topic: 'a' }))
  retained.keep(message('2', { topic: 'a' }))
  retained.keep(message('3', { topic: 'b' }))
  expect(retained.all().map(({ payload }) => String(payload))).toEqual(['2', '3'])
  retained.keep(message('', { topic: 'a' }))
  expect(retained.get('a')).toBeUndefined()
  expect(String(retained.get('b')?.payload)).toBe('3')
})

it('has none whose message expiry is over, in lists neither', () => {
  const clock = new TestClock()
  const retained = new RetainedMessages(clock)
  retained.keep(message('short', { topic: 'a', properties: { messageExpiryInterval: 10 } }))
  retained.keep(message('long', { topic: 'b', properties: { messageExpiryInterval: 11 } }))
  clock.time = 9_999
  expect(retained.all()).toHaveLength(2)
  clock.time = 10_000
  expect(retained.all().map(({ topic }) => topic)).toEqual(['b'])
  expect(retained.get('a')).toBeUndefined()
  expect(retained.get('b')?.topic).toBe('b')
})

it('keeps topics with the names of object members', () => {
  const retained = new RetainedMessages(new TestClock())
  expect(retained.get('constructor')).toBeUndefined()
  retained.keep(message('x', { topic: '__proto__' }))
  expect(String(retained.get('__proto__')?.payload)).toBe('x')
})
