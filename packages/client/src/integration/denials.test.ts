import { afterEach, describe, expect, it } from '@jest/globals'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { believing } from '../testing/scripted/believing.js'

/** Sessions for which the broker refuses operations that the grants allow, because the role's policy has changed. */

let account: TestAccount

afterEach(() => allowAgain())
accountOfSuite((started) => {
  account = started
})

function deny(action: string, resource: string): void {
  const Statement = { Effect: 'Deny', Action: action, Resource: `arn:aws:iot:*:*:${resource}` }
  account.aws.putRolePolicy('sts-sample-role', 'changed', { Version: '2012-10-17', Statement })
}

function allowAgain(): void {
  deny('iot:DeleteConnection', 'client/none')
}

const mine = 'users/developer/x'

describe.each([5, 3] as const)('over MQTT %s', (mqtt) => {
  it('a refused publish is dropped with an error, and later ones succeed', async () => {
    const session = await account.connect({ mqtt })
    const refused: unknown[] = []
    session.on('refused', (error) => refused.push(error))
    deny('iot:Publish', 'topic/test')
    const denial = { code: 'not_granted', byBroker: true, value: 'test', operation: 'publish' }
    await expect(session.publish('test', 'x')).rejects.toMatchObject(denial)
    await session.publish(mine, 'y')
    expect(refused).toEqual([expect.objectContaining(denial)])
    expect(session.state).toBe('connected')
  }, 60_000)

  it('a refused subscription ends with an error, and the others continue', async () => {
    const session = await account.connect({ mqtt })
    const allowed = session.subscribe(mine)
    await allowed.ready
    deny('iot:Subscribe', 'topicfilter/test')
    const denied = session.subscribe('test')
    await expect(denied.ready).rejects.toMatchObject({ code: 'not_granted', byBroker: true, value: 'test' })
    await expect(denied[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not_granted' })
    await session.publish(mine, 'still here')
    for await (const message of allowed) {
      expect(message.text()).toBe('still here')
      break
    }
  }, 60_000)

  it('a refused connection ends with an error, not in a loop', async () => {
    deny('iot:Connect', 'client/*')
    await expect(account.connect({ mqtt })).rejects.toMatchObject({
      code: 'not_granted',
      operation: 'connect',
      byBroker: true,
    })
    allowAgain()
    expect((await account.connect({ mqtt })).state).toBe('connected')
  }, 60_000)
})

describe.each([5, 3] as const)('a retained publish over MQTT %s', (mqtt) => {
  it('that only the broker refuses fails; the same message without RETAIN succeeds', async () => {
    const session = await account.connect({ mqtt, credentials: believing(account.credentials(), { retain: [mine] }) })
    const denial = { code: 'not_granted', byBroker: true, value: mine }
    await expect(session.publish(mine, 'x', { retain: true })).rejects.toMatchObject(denial)
    await session.publish(mine, 'x')
    expect(session.state).toBe('connected')
  }, 60_000)
})

describe('over MQTT 5', () => {
  it('a refused publish with QoS 0 is reported by an event, because the broker can only disconnect', async () => {
    const session = await account.connect({ connectIntervalMs: 0 })
    const refused = new Promise((resolve) => session.once('refused', resolve))
    const back = new Promise((resolve) => session.once('connected', resolve))
    deny('iot:Publish', 'topic/test')
    account.aws.faults.skewClock(1_001)
    // Fails if the broker disconnects before the SDK has reported that the message is sent.
    await session.publish('test', 'x', { qos: 0 }).catch(({ code }) => expect(code).toBe('connection_lost'))
    expect(await refused).toMatchObject({ code: 'not_granted', byBroker: true })
    await back
    await session.publish(mine, 'y')
  })

  it('a session ends when another connection takes over its client ID, and does not take it back', async () => {
    const first = await account.connect({ clientIdSuffix: 'same' })
    const closed = new Promise((resolve) => first.once('closed', resolve))
    account.aws.faults.skewClock(1_001)
    const second = await account.connect({ clientIdSuffix: 'same' })
    expect(await closed).toMatchObject({ code: 'client_id_taken_over', value: first.clientId })
    expect(second.state).toBe('connected')
  })
})

describe('new grants for an open session', () => {
  it.each([5, 3] as const)(
    'take effect and keep the subscriptions that stay granted, over MQTT %s',
    async (mqtt) => {
      const credentials = account.credentials({ request: { subscribe: ['test'], publish: ['test'] } })
      const session = await account.connect({ mqtt, credentials, connectIntervalMs: 0 })
      expect(() => session.subscribe(mine)).toThrow(expect.objectContaining({ code: 'not_granted' }))
      const kept = session.subscribe('test')
      await kept.ready
      account.aws.faults.skewClock(1_001)
      await session.grant({ subscribe: ['test', mine], publish: ['test', mine] })
      const added = session.subscribe(mine)
      await added.ready
      await session.publish('test', '1')
      await session.publish(mine, '2')
      for (const [messages, text] of [
        [kept, '1'],
        [added, '2'],
      ] as const) {
        const first = await messages[Symbol.asyncIterator]().next()
        expect(first.value?.text()).toBe(text)
      }
      account.aws.faults.skewClock(2_002)
      await session.grant({ publish: ['test'] })
      await expect(kept[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not_granted', value: 'test' })
      await session.publish('test', '3')
    },
    60_000,
  )

  it('change nothing when the vendor refuses', async () => {
    const session = await account.connect()
    await expect(session.grant({ subscribe: ['other'] })).rejects.toMatchObject({ code: 'vend_refused', status: 403 })
    await session.publish('test', 'x')
    expect(session.state).toBe('connected')
  })
})

describe('an endpoint', () => {
  it('with an untrusted certificate fails with tls_trust', async () => {
    await expect(account.connect({ ca: foreignCertificate })).rejects.toMatchObject({ code: 'tls_trust' })
    expect((await account.connect()).state).toBe('connected')
  })

  it('with an unknown host name or a closed port fails with the code for it', async () => {
    await expect(account.connect({ endpoint: 'endpoint.invalid' })).rejects.toMatchObject({ code: 'host_not_found' })
    await expect(account.connect({ endpoint: 'localhost:1' })).rejects.toMatchObject({ code: 'connection_lost' })
  })

  it('in another region refuses the handshake', async () => {
    await expect(account.connect({ region: 'eu-west-3', connectIntervalMs: 0 })).rejects.toMatchObject({
      code: 'handshake_refused',
    })
  })
})

/** A certificate of another authority, which signs nothing here. */
const foreignCertificate = `-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5
MQswCQYDVQQGEwJVUzEPMA0GA1UEChMGQW1hem9uMRkwFwYDVQQDExBBbWF6b24g
Um9vdCBDQSAzMB4XDTE1MDUyNjAwMDAwMFoXDTQwMDUyNjAwMDAwMFowOTELMAkG
A1UEBhMCVVMxDzANBgNVBAoTBkFtYXpvbjEZMBcGA1UEAxMQQW1hem9uIFJvb3Qg
Q0EgMzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCmXp8ZBf8ANm+gBG1bG8lKl
ui2yEujSLtf6ycXYqm0fc4E7O5hrOXwzpcVOho6AF2hiRVd9RFgdszflZwjrZt6j
QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgGGMB0GA1UdDgQWBBSr
ttvXBp43rDCGB5Fwx5zEGbF4wDAKBggqhkjOPQQDAgNJADBGAiEA4IWSoxe3jfkr
BqWTrBqYaGFy+uGh0PsceGCmQ5nFuMQCIQCcAu/xlJyzlvnrxir4tiz+OpAUFteM
YyRIHN8wfdVoOw==
-----END CERTIFICATE-----
`
