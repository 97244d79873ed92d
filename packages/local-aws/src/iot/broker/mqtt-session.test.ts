import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { message, TestClock, TestRecipient } from '../testing/recipient.js'
import { MqttSession } from './mqtt-session.js'

const qos1 = { qos: 1, retain: false } as const
const qos0 = { qos: 0, retain: false } as const

function session(redelivery: 'new-packet-id' | 'dup' = 'new-packet-id') {
  const clock = new TestClock()
  return { clock, session: new MqttSession({ clock, redelivery }) }
}

describe('a session without a connection', () => {
  it('keeps QoS 1 for the next one, in order, and no QoS 0', () => {
    const { session: away } = session()
    away.deliver(message('1'), qos1)
    away.deliver(message('lost'), qos0)
    away.deliver(message('2'), qos1)
    const recipient = new TestRecipient()
    away.attach(recipient)
    expect(recipient.payloads).toEqual(['1', '2'])
  })

  it('drops what expires while it waits [MQTT-3.3.2-5], and says how long the rest has left [MQTT-3.3.2-6]', () => {
    const { clock, session: away } = session()
    for (const seconds of [10, 11])
      away.deliver(message(String(seconds), { properties: { messageExpiryInterval: seconds } }), qos1)
    clock.time = 10_000
    const recipient = new TestRecipient()
    away.attach(recipient)
    expect(recipient.sent.map(({ properties }) => properties.messageExpiryInterval)).toEqual([1])
  })
})

describe('a session with a connection', () => {
  it('has no more in flight than the client takes [MQTT-3.3.4-9]', () => {
    const { session: one } = session()
    const recipient = new TestRecipient()
    recipient.receiveMaximum = 2
    one.attach(recipient)
    for (const payload of ['1', '2', '3', '4']) one.deliver(message(payload), qos1)
    expect(recipient.payloads).toEqual(['1', '2'])
    one.acknowledge(recipient.sent[1]?.packetId ?? 0)
    expect(recipient.payloads).toEqual(['1', '2', '3'])
    one.acknowledge(4711)
    expect(recipient.payloads).toEqual(['1', '2', '3'])
  })

  it('sends nothing that its client may not receive, and goes on', () => {
    const { session: one } = session()
    const recipient = new TestRecipient(['open'])
    one.attach(recipient)
    for (const topic of ['secret', 'open']) {
      one.deliver(message(topic, { topic }), qos1)
      one.deliver(message(topic, { topic }), qos0)
    }
    expect(recipient.payloads).toEqual(['open', 'open'])
  })

  it('counts what is too large for its client as delivered [MQTT-3.1.2-25]', () => {
    const { session: one } = session()
    const recipient = new TestRecipient()
    recipient.receiveMaximum = 1
    recipient.largest = 1
    one.attach(recipient)
    one.deliver(message('large'), qos1)
    one.deliver(message('s'), qos1)
    expect(recipient.payloads).toEqual(['s'])
  })

  it('gives no QoS 0 to a client that does not keep up', () => {
    const { session: one } = session()
    const recipient = new TestRecipient()
    one.attach(recipient)
    recipient.keepsUp = false
    one.deliver(message('dropped'), qos0)
    recipient.keepsUp = true
    one.deliver(message('taken'), qos0)
    expect(recipient.payloads).toEqual(['taken'])
  })

  it('is not ended by a connection that it has no more', () => {
    const { session: one } = session()
    const [old, current] = [new TestRecipient(), new TestRecipient()]
    one.attach(old)
    one.detach(old)
    one.attach(current)
    one.detach(old)
    one.deliver(message('1'), qos1)
    expect(current.payloads).toEqual(['1'])
  })
})

describe('what was not acknowledged', () => {
  it.each([
    ['new-packet-id', [false, false, false], true],
    ['dup', [true, true, false], false],
  ] as const)('comes first at the next connection, by switch redelivery: %s', (redelivery, dups, fresh) => {
    const { session: one } = session(redelivery)
    const first = new TestRecipient()
    one.attach(first)
    one.deliver(message('1'), qos1)
    one.deliver(message('2'), qos1)
    one.detach(first)
    one.deliver(message('3'), qos1)
    const second = new TestRecipient()
    one.attach(second)
    expect(second.payloads).toEqual(['1', '2', '3'])
    expect(second.sent.map(({ dup }) => dup)).toEqual(dups)
    const ids = first.sent.map(({ packetId }) => packetId)
    const again = second.sent.map(({ packetId }) => packetId)
    expect(again.filter((id) => ids.includes(id))).toEqual(fresh ? [] : ids)
  })
})

describe('a receipt', () => {
  function receipt(): {
    readonly told: boolean[]
    readonly delivery: { qos: 1; retain: false; receipt: (acknowledged: boolean) => void }
  } {
    const told: boolean[] = []
    return { told, delivery: { ...qos1, receipt: (acknowledged) => void told.push(acknowledged) } }
  }

  it('is true at PUBACK', () => {
    const { session: one } = session()
    const recipient = new TestRecipient()
    one.attach(recipient)
    const { told, delivery } = receipt()
    one.deliver(message('1'), delivery)
    expect(told).toEqual([])
    one.acknowledge(recipient.sent[0]?.packetId ?? 0)
    expect(told).toEqual([true])
  })

  it('is false when the connection ends, and the message does not come again', () => {
    const { session: one } = session()
    const recipient = new TestRecipient()
    recipient.receiveMaximum = 1
    one.attach(recipient)
    const [sent, waiting] = [receipt(), receipt()]
    one.deliver(message('sent'), sent.delivery)
    one.deliver(message('waiting'), waiting.delivery)
    one.deliver(message('kept'), qos1)
    one.detach(recipient)
    expect([sent.told, waiting.told]).toEqual([[false], [false]])
    const next = new TestRecipient()
    one.attach(next)
    expect(next.payloads).toEqual(['kept'])
  })

  it('is false at once for what the client may not receive', () => {
    const { session: one } = session()
    one.attach(new TestRecipient([]))
    const { told, delivery } = receipt()
    one.deliver(message('1'), delivery)
    expect(told).toEqual([false])
  })
})

it('loses and reorders no QoS 1 message, whatever comes, breaks and is acknowledged when', () => {
  const step = fc.constantFrom('deliver', 'deliver', 'acknowledge', 'break', 'connect')
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('new-packet-id' as const, 'dup' as const),
      (steps, receiveMaximum, redelivery) => {
        const { session: one } = session(redelivery)
        let recipient: TestRecipient | undefined
        const acknowledged: string[] = []
        let delivered = 0
        const connect = () => {
          recipient ??= Object.assign(new TestRecipient(), { receiveMaximum })
          one.attach(recipient)
        }
        const acknowledgeNext = () => {
          const next = recipient?.sent.shift()
          if (next === undefined) return
          acknowledged.push(next.payload.toString())
          one.acknowledge(next.packetId)
        }
        for (const what of steps) {
          if (what === 'deliver') one.deliver(message(String(delivered++)), qos1)
          if (what === 'acknowledge') acknowledgeNext()
          if (what === 'connect' && recipient === undefined) connect()
          if (what === 'break' && recipient !== undefined) {
            one.detach(recipient)
            recipient = undefined
          }
          expect(recipient?.sent.length ?? 0).toBeLessThanOrEqual(receiveMaximum)
          const ids = recipient?.sent.map(({ packetId }) => packetId) ?? []
          expect(new Set(ids).size).toBe(ids.length)
        }
        connect()
        while ((recipient?.sent.length ?? 0) > 0) acknowledgeNext()
        expect(acknowledged).toEqual(Array.from({ length: delivered }, (_, index) => String(index)))
      },
    ),
    { numRuns: 500 },
  )
})
