import { beforeEach, describe, expect, it } from '@jest/globals'
import { message, TestClock, TestRecipient } from '../testing/recipient.js'
import type { Subscription } from './message.js'
import { MqttSession } from './mqtt-session.js'
import { RetainedMessages } from './retained-messages.js'
import { Router } from './router.js'

const clock = new TestClock()
let retained: RetainedMessages
let router: Router
beforeEach(() => {
  retained = new RetainedMessages(clock)
  router = new Router(retained)
})

function subscriber(...filters: readonly [filter: string, asks?: Partial<Subscription>][]) {
  const session = new MqttSession({ clock, redelivery: 'dup' })
  const recipient = new TestRecipient()
  session.attach(recipient)
  for (const [filter, asks] of filters)
    router.subscribe(session, filter, { qos: 1, noLocal: false, retainAsPublished: false, ...asks })
  return { session, recipient }
}

describe('a message', () => {
  it('reaches only the subscribers of its topic', () => {
    const [here, elsewhere] = [subscriber(['a/+']), subscriber(['b/+'])]
    router.publish(message('x', { topic: 'a/b' }))
    expect([here.recipient.payloads, elsewhere.recipient.payloads]).toEqual([['x'], []])
    router.unsubscribe(here.session, 'a/+')
    router.publish(message('y', { topic: 'a/b' }))
    expect(here.recipient.payloads).toEqual(['x'])
  })

  it('arrives once for overlapping subscriptions, with the best of their options', () => {
    const { recipient } = subscriber(['a/b', { qos: 0, retainAsPublished: true }], ['a/+', { qos: 1 }])
    router.publish(message('x', { topic: 'a/b', retain: true }))
    expect(recipient.sent).toMatchObject([{ qos: 1, retain: true }])
  })

  it.each([
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ] as const)(
    'published with QoS %i comes to a subscription of QoS %i with QoS %i',
    (published, granted, delivered) => {
      const { recipient } = subscriber(['t', { qos: granted }])
      router.publish(message('x', { qos: published }))
      expect(recipient.sent).toMatchObject([{ qos: delivered }])
    },
  )

  it('does not come back to its publisher over a subscription with No Local [MQTT-3.8.3-3]', () => {
    const own = subscriber(['t', { noLocal: true }])
    const other = subscriber(['t', { noLocal: true }])
    router.publish(message('x'), own.session)
    expect([own.recipient.payloads, other.recipient.payloads]).toEqual([[], ['x']])
  })

  it('reaches listeners, until they leave', () => {
    const heard: string[] = []
    const listener = ({ topic }: { topic: string }) => void heard.push(topic)
    router.listen('a/#', listener)
    router.publish(message('x', { topic: 'a/b' }))
    router.publish(message('x', { topic: 'a' }))
    router.unlisten('a/#', listener)
    router.publish(message('x', { topic: 'a/c' }))
    expect(heard).toEqual(['a/b'])
  })
})

describe('RETAIN', () => {
  it('keeps the message, and is cleared for who did not ask to see it [MQTT-3.3.1-12], [MQTT-3.3.1-13]', () => {
    const [plain, asks] = [subscriber(['t']), subscriber(['t', { retainAsPublished: true }])]
    router.publish(message('x', { retain: true }))
    expect(plain.recipient.sent).toMatchObject([{ retain: false }])
    expect(asks.recipient.sent).toMatchObject([{ retain: true }])
    expect(String(retained.get('t')?.payload)).toBe('x')
  })

  it('is what makes a message kept', () => {
    router.publish(message('x'))
    expect(retained.all()).toEqual([])
  })
})
