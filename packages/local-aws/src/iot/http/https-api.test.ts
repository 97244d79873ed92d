import { request } from 'node:https'
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetRetainedMessageCommand,
  type IoTDataPlaneClient,
  ListRetainedMessagesCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SendDirectMessageCommand,
} from '@aws-sdk/client-iot-data-plane'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { dataPlaneClient } from '../testing/http-client.js'
import type { RawClient } from '../testing/raw-client.js'
import { everything, startTestAccount, type TestAccount, userOf } from '../testing/test-account.js'

let account: TestAccount
let all: IoTDataPlaneClient
beforeEach(async () => {
  account = await startTestAccount()
  all = dataPlaneClient(account, account.session(everything))
})
afterEach(async () => account[Symbol.asyncDispose]())

async function connected(clientId: string, more: object = {}, statements: object[] = everything): Promise<RawClient> {
  const client = await account.open(account.session(statements))
  expect(await client.connect({ clientId, protocolVersion: 5, ...more })).toMatchObject({ reasonCode: 0 })
  return client
}

describe('the HTTPS data plane, with the stock client', () => {
  it('publishes to subscribers, with the properties of MQTT 5', async () => {
    const alice = await connected('alice')
    await alice.subscribe({ topic: 'a/b', qos: 1 })
    await all.send(
      new PublishCommand({
        topic: 'a/b',
        qos: 1,
        payload: Buffer.from('hello'),
        contentType: 'text/plain',
        responseTopic: 'r',
        correlationData: Buffer.from('c').toString('base64'),
        messageExpiry: 60,
        payloadFormatIndicator: 'UTF8_DATA',
        userProperties: JSON.stringify([{ k: '1' }, { k: '2' }, { other: 'x' }]),
      }),
    )
    expect(await alice.next()).toMatchObject({
      cmd: 'publish',
      topic: 'a/b',
      qos: 1,
      payload: Buffer.from('hello'),
      properties: {
        contentType: 'text/plain',
        responseTopic: 'r',
        correlationData: Buffer.from('c'),
        payloadFormatIndicator: true,
        userProperties: { k: ['1', '2'], other: 'x' },
      },
    })
  })

  it('refuses what IAM refuses, beside what it allows', async () => {
    const client = dataPlaneClient(account, account.session(userOf('test')))
    await client.send(new PublishCommand({ topic: 'test', payload: Buffer.from('x'), retain: true }))
    const forbidden = { name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } }
    await expect(client.send(new PublishCommand({ topic: 'other' }))).rejects.toMatchObject(forbidden)
    await expect(client.send(new GetRetainedMessageCommand({ topic: 'test' }))).rejects.toMatchObject(forbidden)
    await expect(client.send(new ListRetainedMessagesCommand())).rejects.toMatchObject(forbidden)
    await connected('bob')
    const bob = { clientId: 'bob' }
    await expect(client.send(new GetConnectionCommand(bob))).rejects.toMatchObject(forbidden)
    await expect(client.send(new DeleteConnectionCommand(bob))).rejects.toMatchObject(forbidden)
    await expect(client.send(new ListSubscriptionsCommand(bob))).rejects.toMatchObject(forbidden)
    const direct = new SendDirectMessageCommand({ clientId: 'bob', topic: 'test' })
    await expect(client.send(direct)).rejects.toMatchObject(forbidden)
    const withoutRetain = userOf('test').filter(({ Action }) => Action !== 'iot:RetainPublish')
    const plain = dataPlaneClient(account, account.session(withoutRetain))
    await plain.send(new PublishCommand({ topic: 'test' }))
    await expect(plain.send(new PublishCommand({ topic: 'test', retain: true }))).rejects.toMatchObject(forbidden)
    expect(account.refusals().map(({ fields }) => fields?.action)).toEqual([
      'iot:Publish',
      'iot:GetRetainedMessage',
      'iot:ListRetainedMessages',
      'iot:GetConnection',
      'iot:DeleteConnection',
      'iot:ListSubscriptions',
      'iot:SendDirectMessage',
      'iot:RetainPublish',
    ])
  })

  it('refuses a wrong signature, a foreign token and expired credentials', async () => {
    const key = account.session(everything)
    const send = (changes: object) =>
      dataPlaneClient(account, { ...key, ...changes }).send(new PublishCommand({ topic: 't' }))
    await send({})
    const refused = { name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } }
    await expect(send({ secretAccessKey: 'wrong' })).rejects.toMatchObject(refused)
    await expect(send({ sessionToken: account.session(everything).sessionToken })).rejects.toMatchObject(refused)
    account.directory.expire(key.accessKeyId)
    await expect(send({})).rejects.toMatchObject({ ...refused, message: expect.stringMatching(/expired/u) })
  })

  it('refuses what is no topic, too large, or reserved', async () => {
    const invalid = { name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } }
    for (const topic of ['a/#', 'a+', '1/2/3/4/5/6/7/8/9', 'x'.repeat(257), '$aws/events/x', '$SYS/x'])
      await expect(all.send(new PublishCommand({ topic }))).rejects.toMatchObject(invalid)
    await expect(all.send(new PublishCommand({ topic: 't', qos: 2 }))).rejects.toMatchObject(invalid)
    await expect(all.send(new PublishCommand({ topic: 't', payload: Buffer.alloc(131_073) }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 413 },
    })
    await all.send(new PublishCommand({ topic: 't', payload: Buffer.alloc(131_072) }))
    await all.send(new PublishCommand({ topic: '1/2/3/4/5/6/7/8' }))
  })

  it('gets, lists and deletes retained messages', async () => {
    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } }
    await expect(all.send(new GetRetainedMessageCommand({ topic: 'a/b' }))).rejects.toMatchObject(missing)
    for (const topic of ['a/b', 'a/c', 'd'])
      await all.send(new PublishCommand({ topic, qos: 1, retain: true, payload: Buffer.from(`on ${topic}`) }))
    const got = await all.send(new GetRetainedMessageCommand({ topic: 'a/b' }))
    expect(got).toMatchObject({ topic: 'a/b', qos: 1 })
    expect(Buffer.from(got.payload ?? []).toString()).toBe('on a/b')
    expect(Math.abs((got.lastModifiedTime ?? 0) - account.clock.now())).toBeLessThan(60_000)
    const first = await all.send(new ListRetainedMessagesCommand({ maxResults: 2 }))
    const second = await all.send(new ListRetainedMessagesCommand({ maxResults: 2, nextToken: first.nextToken }))
    expect(
      [...(first.retainedTopics ?? []), ...(second.retainedTopics ?? [])].map(({ topic }) => topic).sort(),
    ).toEqual(['a/b', 'a/c', 'd'])
    expect(second.nextToken).toBeUndefined()
    await all.send(new PublishCommand({ topic: 'a/b', retain: true }))
    await expect(all.send(new GetRetainedMessageCommand({ topic: 'a/b' }))).rejects.toMatchObject(missing)
  })

  it('returns connections with subscriptions, and the reason of their end', async () => {
    const alice = await connected('a b/ç', { clean: false, properties: { sessionExpiryInterval: 600 } })
    await alice.subscribe('t', { topic: '$share/g/u', qos: 1 })
    const clientId = 'a b/ç'
    expect(await all.send(new GetConnectionCommand({ clientId }))).toMatchObject({
      clientId,
      connected: true,
      cleanSession: false,
      keepAliveDuration: 60,
      sessionExpiry: 600,
    })
    const { subscriptions } = await all.send(new ListSubscriptionsCommand({ clientId }))
    expect(subscriptions).toEqual([
      { topicFilter: 't', qos: 0 },
      { topicFilter: '$share/g/u', qos: 1 },
    ])
    const withSocket = await all.send(new GetConnectionCommand({ clientId, includeSocketInformation: true }))
    const address = { sourceIp: '127.0.0.1', targetIp: '127.0.0.1', targetPort: account.iot.port }
    expect(withSocket).toMatchObject({ ...address, sourcePort: expect.any(Number) })
    alice.send({ cmd: 'disconnect' })
    await alice.closed
    expect(await all.send(new GetConnectionCommand({ clientId }))).toMatchObject({
      connected: false,
      disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
    })
    const missing = { name: 'ResourceNotFoundException' }
    await expect(all.send(new GetConnectionCommand({ clientId: 'nobody' }))).rejects.toMatchObject(missing)
    await expect(all.send(new DeleteConnectionCommand({ clientId }))).rejects.toMatchObject(missing)
  })

  it('ends a connection: MQTT 5 receives a DISCONNECT, with or without the will, with or without the session', async () => {
    const witness = await connected('witness')
    await witness.subscribe('w', '$aws/events/presence/disconnected/+')
    const persistent = { clean: false, properties: { sessionExpiryInterval: 600 } }
    const will = { will: { topic: 'w', payload: Buffer.from('gone'), qos: 0 as const, retain: false } }
    const alice = await connected('alice', { ...persistent, ...will })
    await alice.subscribe({ topic: 't', qos: 1 })
    await all.send(new DeleteConnectionCommand({ clientId: 'alice' }))
    expect(await alice.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x98 })
    await alice.closed
    const seen = [await witness.next(), await witness.next()]
      .map((one) => String((one as { payload: Buffer }).payload))
      .sort()
    expect(seen[0]).toBe('gone')
    expect(JSON.parse(seen[1] as string)).toMatchObject({ disconnectReason: 'API_INITIATED_DISCONNECT' })
    account.clock.skew += 1001
    const again = await account.open(account.session(everything))
    expect(await again.connect({ protocolVersion: 5, ...persistent, ...will })).toMatchObject({ sessionPresent: true })
    await all.send(new DeleteConnectionCommand({ clientId: 'alice', preventWillMessage: true, cleanSession: true }))
    await again.closed
    await all.send(new PublishCommand({ topic: 'w', payload: Buffer.from('end') }))
    const next = [await witness.next(), await witness.next()].map((one) => String((one as { payload: Buffer }).payload))
    expect(next.some((one) => one === 'end') && !next.includes('gone')).toBe(true)
    account.clock.skew += 1001
    const third = await account.open(account.session(everything))
    expect(await third.connect({ protocolVersion: 5, ...persistent })).toMatchObject({ sessionPresent: false })
  })
})

it('answers other paths and methods with 404 and 405, signed or not at all with 403', async () => {
  const url = new URL(await account.presign(account.session(everything)))
  const ask = (method: string, path: string) =>
    new Promise<number | undefined>((resolve) => {
      request(`https://${account.iot.endpoint}${path}`, { method, ca: account.ca, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
  expect(await ask('GET', '/mqtt')).toBe(426)
  expect(await ask('POST', '/topics/t')).toBe(403)
  expect(await ask('POST', `/topics/t${url.search}`)).toBe(403)
})
