import { describe, expect, it } from '@jest/globals'
import type { Session } from '../session.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { believing } from '../testing/scripted/believing.js'
import { nodeTransports } from '../testing/transports.js'

let account: TestAccount

accountOfSuite((started) => {
  account = started
})

/** Codes of the interruptions from now on. */
function interruptions(session: Session): string[] {
  const codes: string[] = []
  session.on('interrupted', ({ code }) => codes.push(code))
  return codes
}

/** Outcomes of the CONNECTs of a client ID, as the broker saw them. */
function connects(clientId: string): string[] {
  return account.journal
    .filter(({ event, fields }) => event === 'Connect' && fields?.clientId === clientId)
    .map(({ outcome }) => outcome)
}

const reserved = '$aws/things/lamp1/unsupported'

describe.each(nodeTransports)('over $name', ({ options }) => {
  /** A session whose client assumes that a reserved topic is granted. */
  const believer = async () => {
    const credentials = believing(account.credentials(), { publish: [reserved], subscribe: [reserved] })
    const session = await account.connect({ ...options, credentials, connectIntervalMs: 0 })
    let breaks = 0
    // AWS accepts one CONNECT per second from a client ID; the test advances the broker's clock instead of waiting.
    session.on('interrupted', () => account.aws.faults.skewClock(++breaks * 1_001))
    return session
  }
  const refusal = options.mqtt === 3 ? { code: 'not_granted', byBroker: true } : { code: 'refused' }

  it('a session that gets new grants or is cut right after it has connected stays within the quota of its client ID', async () => {
    const session = await account.connect({ ...options, credentials: account.credentials({ spreadSeconds: 2_200 }) })
    const codes = interruptions(session)
    await session.grant({ subscribe: ['test'], publish: ['test'] })
    await account.cut(session)
    const { clientId } = session
    await session.close()
    const suffix = clientId.slice(clientId.indexOf(':') + 1)
    await account.connect({ ...options, clientIdSuffix: suffix })
    expect(codes).not.toContain('quota_exceeded')
    expect(connects(clientId)).toEqual(Array(4).fill('ok'))
  }, 60_000)

  it('a refusal because of its own CONNECTs does not count as throttling of the fleet', async () => {
    const session = await account.connect({ ...options, credentials: account.credentials({ spreadSeconds: 86_400 }) })
    const codes = interruptions(session)
    account.aws.faults.throttleConnects(1)
    await account.cut(session)
    expect(codes).toEqual(['connection_lost', 'quota_exceeded'])
  }, 60_000)

  it.each(['publish', 'subscribe'] as const)(
    'a %s that the broker answers by closing the connection is refused the second time, and does not block others',
    async (operation) => {
      const session = await believer()
      const codes = interruptions(session)
      const refused = new Promise((resolve) => session.once('refused', resolve))
      const bad = operation === 'publish' ? session.publish(reserved, 'x') : session.subscribe(reserved).ready
      const others = [1, 2, 3].map((number) => session.publish('test', String(number)))
      await expect(bad).rejects.toMatchObject({ ...refusal, value: reserved })
      await Promise.all(others)
      expect(await refused).toMatchObject({ ...refusal, value: reserved })
      expect(codes).toEqual(['connection_lost', 'connection_lost'])
      await session.publish('test', 'and goes on')
      expect(session.state).toBe('connected')
    },
    60_000,
  )

  it('a message with QoS 0 that the broker answers by closing the connection is reported by an event', async () => {
    const session = await believer()
    const refused = new Promise((resolve) => session.once('refused', resolve))
    const again = () => {
      session.publish(reserved, 'x', { qos: 0 }).catch(() => {})
    }
    session.on('connected', again)
    again()
    expect(await refused).toMatchObject({ ...refusal, value: reserved })
    session.off('connected', again)
  }, 60_000)

  it('a last will that AWS does not accept ends the attempt with the reason', async () => {
    const will = { topic: reserved, payload: 'gone' }
    const credentials = believing(account.credentials(), { publish: [reserved] })
    await expect(account.connect({ ...options, credentials, will })).rejects.toMatchObject(
      options.mqtt === 3 ? { code: 'not_granted', operation: 'connect' } : { code: 'refused' },
    )
  }, 60_000)

  it('messages that arrived while the program was down are delivered to the next one, which resumes the session', async () => {
    const publisher = await account.connect()
    const clientIdSuffix = `resumes-${options.mqtt ?? options.transport}`
    const resumed = { ...options, clientIdSuffix, resume: true, connectIntervalMs: 0 }
    const first = await account.connect(resumed)
    await first.subscribe('test').ready
    await first.close()
    for (const number of ['1', '2', '3']) await publisher.publish('test', number)
    account.aws.faults.skewClock(1_001)
    const second = await account.connect(resumed)
    const received: string[] = []
    for await (const message of second.subscribe('test')) {
      received.push(message.text())
      if (received.length === 3) break
    }
    expect(received).toEqual(['1', '2', '3'])
  }, 60_000)

  it('without `resume`, MQTT 5 delivers no earlier message', async () => {
    if (options.mqtt === 3) return
    const publisher = await account.connect()
    const clientIdSuffix = `begins-anew-${options.mqtt ?? options.transport}`
    const same = { ...options, clientIdSuffix, connectIntervalMs: 0 }
    const first = await account.connect(same)
    await first.subscribe('test').ready
    await first.close()
    await publisher.publish('test', 'lost')
    account.aws.faults.skewClock(1_001)
    const second = await account.connect(same)
    const messages = second.subscribe('test')
    await messages.ready
    await publisher.publish('test', 'next')
    for await (const message of messages) {
      expect(message.text()).toBe('next')
      break
    }
  }, 60_000)
})
