import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { allow, everything, startTestAccount, type TestAccount, userOf } from '../testing/test-account.js'

let account: TestAccount
beforeEach(async () => {
  account = await startTestAccount()
})
afterEach(async () => account[Symbol.asyncDispose]())

const versions = [4, 5] as const

describe.each(versions)('MQTT protocol level %i', (protocolVersion) => {
  const connected = async (statements: readonly object[], clientId = 'alice', more: object = {}) => {
    const client = await account.open(account.session(statements))
    const connack = await client.connect({ protocolVersion, clientId, ...more })
    expect(connack?.reasonCode ?? connack?.returnCode).toBe(0)
    return client
  }

  it('lets a user publish, subscribe and receive on the granted topic', async () => {
    const alice = await connected(userOf('test'))
    expect(await alice.subscribe('test')).toEqual([0])
    alice.publish('test', 'hello')
    expect(await alice.payloadsUntil('hello')).toEqual(['hello'])
    expect(account.refusals()).toEqual([])
  })

  it('refuses another client ID', async () => {
    const client = await account.open(account.session(userOf('test')))
    const connack = await client.connect({ protocolVersion, clientId: 'bob' })
    if (protocolVersion === 5) {
      expect(connack?.reasonCode).toBe(0x87)
    } else {
      expect(connack).toBeUndefined()
    }
    await client.closed
    expect(account.refusals()).toMatchObject([
      {
        event: 'Connect',
        detail: expect.stringMatching(/iot:Connect on .*:client\/bob: no statement in .* allows/u),
        fields: { clientId: 'bob', outcome: 'ImplicitlyDenied' },
      },
    ])
  })

  it('refuses to publish elsewhere, and nothing arrives', async () => {
    const witness = await connected(everything, 'witness')
    await witness.subscribe('#')
    for (const qos of [0, 1]) {
      account.clock.skew += 1001
      const alice = await connected(userOf('test'))
      alice.publish('other', 'smuggled', { qos, messageId: 1 })
      const answer = await alice.next()
      if (protocolVersion !== 5) {
        expect(answer).toBeUndefined()
      } else if (qos === 1) {
        expect(answer).toMatchObject({ cmd: 'puback', messageId: 1, reasonCode: 0x87 })
      } else {
        expect(answer).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 })
      }
      if (protocolVersion === 5 && qos === 1) {
        alice.publish('test', 'still here')
        expect(await witness.payloadsUntil('still here')).toEqual(['still here'])
      } else {
        await alice.closed
      }
    }
    witness.publish('any', 'end')
    expect(await witness.payloadsUntil('end')).toEqual(['end'])
  })

  it('refuses RETAIN without iot:RetainPublish, and keeps nothing', async () => {
    const statements = userOf('test').filter(({ Action }) => Action !== 'iot:RetainPublish')
    const alice = await connected(statements)
    alice.publish('test', 'kept', { retain: true, qos: 1, messageId: 1 })
    expect((await alice.next())?.cmd).toBe(protocolVersion === 5 ? 'puback' : undefined)
    const bob = await connected(userOf('test', 'bob'), 'bob')
    bob.publish('test', 'kept by bob', { retain: true, qos: 1, messageId: 1 })
    expect(await bob.next()).toMatchObject({ cmd: 'puback' })
    const reader = await connected(everything, 'reader')
    expect(await reader.subscribe('test')).toEqual([0])
    expect(await reader.payloadsUntil('kept by bob')).toEqual(['kept by bob'])
  })

  it('refuses to subscribe elsewhere', async () => {
    const alice = await connected(userOf('test'))
    if (protocolVersion === 5) {
      expect(await alice.subscribe('test', 'other', '#')).toEqual([0, 0x87, 0x87])
      const witness = await connected(everything, 'witness')
      witness.publish('other', 'secret')
      witness.publish('test', 'public')
      expect(await alice.payloadsUntil('public')).toEqual(['public'])
    } else {
      expect(await alice.subscribe('other')).toBeUndefined()
      await alice.closed
    }
  })

  it('checks iot:Receive at every delivery, by the policy of that moment', async () => {
    const key = account.session([allow('Connect', '*'), allow('Subscribe', '*'), allow('Receive', 'topic/open')])
    const alice = await account.open(key)
    await alice.connect({ protocolVersion })
    await alice.subscribe('#')
    const witness = await connected(everything, 'witness')
    witness.publish('closed', 'no 1')
    witness.publish('open', 'yes 1')
    expect(await alice.payloadsUntil('yes 1')).toEqual(['yes 1'])
    const { issuerArn } = key.principal
    account.directory.putRolePolicy(issuerArn.slice(issuerArn.lastIndexOf('/') + 1), 'more', {
      Version: '2012-10-17',
      Statement: [allow('Receive', 'topic/closed')],
    })
    witness.publish('closed', 'yes 2')
    expect(await alice.payloadsUntil('yes 2')).toEqual(['yes 2'])
    expect(account.refusals()).toMatchObject([{ event: 'Receive', fields: { topic: 'closed' } }])
  })

  it('checks the last will when the client connects', async () => {
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('gone'), qos: 0 as const, retain: false } })
    const refused = await account.open(account.session(userOf('test')))
    const connack = await refused.connect({ protocolVersion, ...will('other') })
    if (protocolVersion === 5) {
      expect(connack?.reasonCode).toBe(0x87)
    } else {
      expect(connack).toBeUndefined()
    }
    const witness = await connected(everything, 'witness')
    await witness.subscribe('#')
    await connected(userOf('test', 'bob'), 'bob', will('test'))
    account.iot.cut('bob')
    expect(await witness.payloadsUntil('gone')).toEqual(['gone'])
  })

  it('gives policies the client ID, the connect attributes, the will topic, the address and the region', async () => {
    const conditions = {
      'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['LastWill'] },
      ArnLikeIfExists: { 'iot:LastWillTopic': 'arn:aws:iot:*:*:topic/bye/*' },
      IpAddress: { 'aws:SourceIp': '127.0.0.0/8' },
      StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
    }
    const statements = [
      { ...allow('Connect', 'client/*'), Condition: conditions },
      allow('Publish', 'topic/from/${iot:ClientId}', 'topic/bye/*'),
    ]
    const attempt = async (more: object) => {
      account.clock.skew += 1001
      const client = await account.open(account.session(statements))
      const connack = await client.connect({ protocolVersion, ...more })
      return { client, accepted: (connack?.reasonCode ?? connack?.returnCode) === 0 }
    }
    const willOn = (topic: string) => ({ will: { topic, payload: Buffer.from('x'), qos: 0 as const, retain: false } })
    const persistent = protocolVersion === 5 ? { properties: { sessionExpiryInterval: 60 } } : { clean: false }
    expect((await attempt(persistent)).accepted).toBe(false)
    expect((await attempt(willOn('other'))).accepted).toBe(false)
    expect((await attempt(willOn('bye/alice'))).accepted).toBe(true)
    const { client, accepted } = await attempt({})
    expect(accepted).toBe(true)
    client.publish('from/alice', 'x', { qos: 1, messageId: 1 })
    expect(await client.next()).toMatchObject({ cmd: 'puback', ...(protocolVersion === 5 && { reasonCode: 0 }) })
    client.publish('from/bob', 'x', { qos: 1, messageId: 2 })
    if (protocolVersion === 5) {
      expect(await client.next()).toMatchObject({ cmd: 'puback', reasonCode: 0x87 })
    } else {
      expect(await client.next()).toBeUndefined()
    }
  })
})
