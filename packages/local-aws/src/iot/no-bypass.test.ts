import { ListSubscriptionsCommand } from '@aws-sdk/client-iot-data-plane'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { AccessKey } from '../iam/index.js'
import { dataPlaneClient } from './testing/http-client.js'
import type { RawClient } from './testing/raw-client.js'
import { allow, everything, policy, startTestAccount, type TestAccount, userOf } from './testing/test-account.js'

let account: TestAccount
beforeEach(async () => {
  account = await startTestAccount()
})
afterEach(async () => account[Symbol.asyncDispose]())

/** Each way in which a message can be delivered: a client without the permission does not get it. */
describe.each([4, 5] as const)('no way around iot:Subscribe and iot:Receive, protocol level %i', (protocolVersion) => {
  const persistent = { clean: false, ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 3600 } }) }

  async function connect(key: AccessKey, clientId: string, more: object = {}): Promise<RawClient> {
    account.clock.skew += 1001 // one CONNECT per second and client ID
    const client = await account.open(key)
    const connack = await client.connect({ protocolVersion, clientId, ...more })
    expect(connack?.reasonCode ?? connack?.returnCode).toBe(0)
    return client
  }
  const witnessOf = () => connect(account.session(everything, 'root'), 'witness')
  async function leave(client: RawClient): Promise<void> {
    client.send({ cmd: 'disconnect' })
    await client.closed
  }
  /** Publishes QoS 1 and waits for the PUBACK, so that it is with the broker. */
  async function deposit(witness: RawClient, topic: string, payload: string, more: object = {}): Promise<void> {
    witness.publish(topic, payload, { qos: 1, messageId: 9, ...more })
    expect(await witness.next()).toMatchObject({ cmd: 'puback' })
  }
  function widen({ principal }: AccessKey, ...statements: object[]): void {
    account.directory.putRolePolicy(principal.issuerArn.split('/').at(-1) as string, 'wider', policy(...statements))
  }

  it('a refused filter among granted ones is stored nowhere, even when it would be allowed later', async () => {
    const key = account.session(userOf('test'))
    const alice = await connect(key, 'alice', persistent)
    const filters = [
      { topic: 'test', qos: 1 as const },
      { topic: 'secret/#', qos: 1 as const },
    ]
    expect(await alice.subscribe(...filters)).toEqual(protocolVersion === 5 ? [1, 0x87] : undefined)
    if (protocolVersion === 5) {
      await leave(alice)
    } else {
      // MQTT 3.1.1 closed; the granted half comes in a second try.
      await alice.closed
      const again = await connect(key, 'alice', persistent)
      expect(await again.subscribe({ topic: 'test', qos: 1 })).toEqual([1])
      await leave(again)
    }
    widen(key, allow('Receive', '*'), allow('Subscribe', '*'))
    const witness = await witnessOf()
    await deposit(witness, 'secret/1', 'queued secret')
    await deposit(witness, 'test', 'queued')
    const api = dataPlaneClient(account, account.session(everything))
    const { subscriptions } = await api.send(new ListSubscriptionsCommand({ clientId: 'alice' }))
    expect(subscriptions).toEqual([{ topicFilter: 'test', qos: 1 }])
    const back = await connect(key, 'alice', persistent)
    expect(await back.payloadsUntil('queued')).toEqual(['queued'])
    await deposit(witness, 'secret/1', 'live secret')
    await deposit(witness, 'test', 'live')
    expect(await back.payloadsUntil('live')).toEqual(['live'])
  })

  it('queued messages are checked when they are delivered, and the others survive the check', async () => {
    const key = account.session([allow('Connect', '*'), allow('Subscribe', '*'), allow('Receive', 'topic/a/*')])
    const alice = await connect(key, 'alice', persistent)
    await alice.subscribe({ topic: 'a/#', qos: 1 }, { topic: 'b/#', qos: 1 })
    await leave(alice)
    const witness = await witnessOf()
    for (const [topic, payload] of [
      ['b/1', 'no 1'],
      ['a/1', 'yes 1'],
      ['b/2', 'no 2'],
      ['a/2', 'yes 2'],
      ['b/3', 'no 3'],
      ['a/3', 'end'],
    ] as const)
      await deposit(witness, topic, payload)
    const back = await connect(key, 'alice', persistent)
    expect(await back.payloadsUntil('end')).toEqual(['yes 1', 'yes 2', 'end'])
  })

  it('a refused live delivery takes no other message from the queue', async () => {
    const key = account.session([allow('Connect', '*'), allow('Subscribe', '*'), allow('Receive', 'topic/a/*')])
    const alice = await connect(key, 'alice', persistent)
    await alice.subscribe({ topic: '#', qos: 1 })
    const witness = await witnessOf()
    const sent: string[] = []
    for (let index = 0; index < 40; index += 1) {
      witness.publish(`a/${index}`, `yes ${index}`, { qos: 1, messageId: 2 * index + 1 })
      witness.publish(`b/${index}`, `no ${index}`, { qos: 1, messageId: 2 * index + 2 })
      sent.push(`yes ${index}`)
    }
    expect(await alice.payloadsUntil('yes 39')).toEqual(sent)
    await leave(alice)
    const back = await connect(key, 'alice', persistent)
    await deposit(witness, 'a/end', 'end')
    expect(await back.payloadsUntil('end')).toEqual(['end'])
  })

  it('a session resumed with weaker credentials gets only what these allow', async () => {
    const strong = await connect(account.session(everything), 'alice', persistent)
    await strong.subscribe({ topic: 'test', qos: 1 }, { topic: 'secret', qos: 1 })
    await leave(strong)
    const witness = await witnessOf()
    await deposit(witness, 'secret', 'queued secret')
    await deposit(witness, 'test', 'queued')
    const weak = await connect(account.session(userOf('test')), 'alice', persistent)
    expect(await weak.payloadsUntil('queued')).toEqual(['queued'])
    await deposit(witness, 'secret', 'live secret')
    await deposit(witness, 'test', 'live')
    expect(await weak.payloadsUntil('live')).toEqual(['live'])
    expect(account.refusals().map(({ fields }) => fields?.topic)).toEqual(['secret', 'secret'])
  })

  it('retained messages', async () => {
    const witness = await witnessOf()
    await deposit(witness, 'secret', 'kept secret', { retain: true })
    await deposit(witness, 'test', 'kept', { retain: true })
    const key = account.session([allow('Connect', '*'), allow('Subscribe', '*'), allow('Receive', 'topic/test')])
    const alice = await connect(key, 'alice')
    await alice.subscribe('secret', 'test')
    expect(await alice.payloadsUntil('kept')).toEqual(['kept'])
  })

  it('last wills', async () => {
    const key = account.session(userOf('+'))
    const alice = await connect(key, 'alice')
    await alice.subscribe('+')
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from(`of ${topic}`), qos: 1, retain: false } })
    await connect(account.session(everything), 'one', will('secret'))
    await connect(account.session(everything), 'two', will('+'.replace('+', 'open')))
    widen(key, allow('Receive', 'topic/open'))
    account.iot.cut('one')
    account.iot.cut('two')
    expect(await alice.payloadsUntil('of open')).toEqual(['of open'])
  })

  it('shared subscriptions: their own filter, and every message', async () => {
    const witness = await witnessOf()
    const key = account.session([
      allow('Connect', '*'),
      allow('Subscribe', 'topicfilter/$share/team/#', 'topicfilter/#'),
      allow('Receive', 'topic/test'),
    ])
    const alice = await connect(key, 'alice')
    expect(await alice.subscribe('$share/team/#')).toEqual([0])
    await deposit(witness, 'secret', 'secret')
    await deposit(witness, 'test', 'public')
    expect(await alice.payloadsUntil('public')).toEqual(['public'])
    const bob = await connect(account.session(userOf('test', 'bob')), 'bob')
    expect(await bob.subscribe('$share/team/test')).toEqual(protocolVersion === 5 ? [0x87] : undefined)
  })

  it('$SYS and other reserved topics', async () => {
    for (const filter of ['$SYS/#', '$SYS/+/new/clients', '$other/x', '$aws/things/x/shadow', '$aws/other/x']) {
      const client = await connect(account.session(everything), 'alice')
      expect(await client.subscribe(filter)).toBeUndefined()
      await client.closed
      const publisher = await connect(account.session(everything), 'alice')
      publisher.publish(filter.replaceAll(/[#+]/gu, 'x'))
      await publisher.closed
    }
    const watcher = await connect(account.session(everything), 'watcher')
    await watcher.subscribe('#', '+/presence/connected/bob')
    const witness = await connect(account.session(everything), 'bob')
    await deposit(witness, 'plain', 'end')
    expect(await watcher.payloadsUntil('end')).toEqual(['end'])
  })
})
