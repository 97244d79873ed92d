import { afterEach, describe, expect, it } from '@jest/globals'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'

let account: TestAccount

afterEach(() => setPolicy('Allow'))
accountOfSuite((started) => {
  account = started
})

/** Changes the role's policy after the deployment: Deny covers the topic of the will. */
function setPolicy(Effect: 'Allow' | 'Deny'): void {
  const Statement = { Effect, Action: 'iot:Publish', Resource: 'arn:aws:iot:*:*:topic/users/developer/gone' }
  account.aws.putRolePolicy('sts-sample-role', 'changed', { Version: '2012-10-17', Statement })
}

const topic = 'users/developer/gone'
const will = { topic, payload: { why: 'cut' } }

describe.each([5, 3] as const)('a last will over MQTT %s', (mqtt) => {
  it('is published when the connection is cut, and not when it is closed or renewed', async () => {
    const watcher = await account.connect()
    const messages = watcher.subscribe(topic)
    await messages.ready
    const closed = await account.connect({ mqtt, will: { topic, payload: 'closed' } })
    await closed.close()
    const session = await account.connect({ mqtt, will, connectIntervalMs: 0 })
    account.aws.faults.skewClock(1_001)
    await session.grant({ publish: [topic] })
    await watcher.publish(topic, 'renewed without a will')
    account.aws.faults.skewClock(2_002)
    await account.cut(session)
    const received: string[] = []
    for await (const message of messages) {
      received.push(message.text())
      if (received.length === 2) break
    }
    expect(received).toEqual(['renewed without a will', '{"why":"cut"}'])
  })

  it('that the broker does not allow ends the attempt with a typed error; an allowed one connects', async () => {
    setPolicy('Deny')
    await expect(account.connect({ mqtt, will, connectIntervalMs: 0 })).rejects.toMatchObject({
      code: 'not_granted',
      byBroker: true,
      operation: 'connect',
    })
    const allowed = await account.connect({ mqtt, will: { ...will, topic: 'users/developer/other' } })
    expect(allowed.state).toBe('connected')
  }, 60_000)
})

describe('a last will', () => {
  it('that is not granted is refused before anything is sent', async () => {
    const connects = () => account.journal.filter(({ event }) => event === 'Connect').length
    const before = connects()
    await expect(account.connect({ will: { topic: 'other', payload: '' } })).rejects.toMatchObject({
      code: 'not_granted',
      byBroker: false,
      value: 'other',
    })
    await expect(account.connect({ will: { ...will, retain: true } })).rejects.toMatchObject({ code: 'not_granted' })
    expect(connects()).toBe(before)
    await account.connect({ will })
    expect(connects()).toBe(before + 1)
  })
})
