import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Stage } from './stage.js'

let stage: Stage

beforeAll(async () => {
  stage = await Stage.start()
})

afterEach(async () => {
  setPolicy('Allow')
  stage.aws.faults.skewClock(0)
  await stage.closeSessions()
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

/** The role's policy after the deployment; Deny takes the topic of the will away. */
function setPolicy(Effect: 'Allow' | 'Deny'): void {
  const Statement = { Effect, Action: 'iot:Publish', Resource: 'arn:aws:iot:*:*:topic/users/developer/gone' }
  stage.aws.putRolePolicy('sts-sample-role', 'changed', { Version: '2012-10-17', Statement })
}

const topic = 'users/developer/gone'
const will = { topic, payload: { why: 'cut' } }

describe.each([5, 3] as const)('a last will over MQTT %s', (mqtt) => {
  it('is published when the connection is cut, and not when it is closed or renewed', async () => {
    const watcher = await stage.connect()
    const messages = watcher.subscribe(topic)
    await messages.ready
    const closed = await stage.connect({ mqtt, will: { topic, payload: 'closed' } })
    await closed.close()
    const session = await stage.connect({ mqtt, will, connectIntervalMs: 0 })
    stage.aws.faults.skewClock(1_001)
    await session.grant({ publish: [topic] })
    await watcher.publish(topic, 'renewed without a will')
    stage.aws.faults.skewClock(2_002)
    await stage.cut(session)
    const received: string[] = []
    for await (const message of messages) {
      received.push(message.text())
      if (received.length === 2) break
    }
    expect(received).toEqual(['renewed without a will', '{"why":"cut"}'])
  })

  it('that the broker does not allow ends the connection with a typed error, beside one that it does', async () => {
    setPolicy('Deny')
    await expect(stage.connect({ mqtt, will, connectIntervalMs: 0 })).rejects.toMatchObject({
      code: 'not_granted',
      byBroker: true,
      operation: 'connect',
    })
    const allowed = await stage.connect({ mqtt, will: { ...will, topic: 'users/developer/other' } })
    expect(allowed.state).toBe('connected')
  }, 20_000)
})

describe('a last will', () => {
  it('that is not granted is refused before anything is sent', async () => {
    const connects = () => stage.journal.filter(({ event }) => event === 'Connect').length
    const before = connects()
    await expect(stage.connect({ will: { topic: 'other', payload: '' } })).rejects.toMatchObject({
      code: 'not_granted',
      byBroker: false,
      value: 'other',
    })
    await expect(stage.connect({ will: { ...will, retain: true } })).rejects.toMatchObject({ code: 'not_granted' })
    expect(connects()).toBe(before)
    await stage.connect({ will })
    expect(connects()).toBe(before + 1)
  })
})
