import { SendDirectMessageCommand, type SendDirectMessageCommandInput } from '@aws-sdk/client-iot-data-plane'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { dataPlaneClient } from '../../testing/http-client.js'
import type { RawClient } from '../../testing/raw-client.js'
import { allow, everything, startTestAccount, type TestAccount } from '../../testing/test-account.js'

let account: TestAccount
beforeEach(async () => {
  account = await startTestAccount()
})
afterEach(async () => account[Symbol.asyncDispose]())

/** Connected without any subscription. */
async function receiver(version: 4 | 5, options: object = {}): Promise<RawClient> {
  const client = await account.open(account.session([allow('Connect', '*'), allow('Receive', 'topic/open')]))
  await client.connect({ clientId: 'alice', protocolVersion: version, ...options })
  return client
}

function send(input: Partial<SendDirectMessageCommandInput>, statements: object[] = everything) {
  const client = dataPlaneClient(account, account.session(statements, 'backend'))
  const usual = { clientId: 'alice', topic: 'open', payload: Buffer.from('hi') }
  return client.send(new SendDirectMessageCommand({ ...usual, ...input }))
}

describe.each([4, 5] as const)('a direct message to a client, protocol level %i', (version) => {
  it('arrives without a subscription, with QoS 0', async () => {
    const alice = await receiver(version)
    expect(await send({})).toMatchObject({ message: 'OK', traceId: expect.any(String) })
    expect(await alice.next()).toMatchObject({ cmd: 'publish', topic: 'open', qos: 0, retain: false })
  })

  it('waits for the PUBACK with confirmation=true', async () => {
    const alice = await receiver(version)
    let isAnswered = false
    const sent = send({ confirmation: true }).then((answer) => {
      isAnswered = true
      return answer
    })
    const packet = await alice.next()
    expect(packet).toMatchObject({ cmd: 'publish', topic: 'open', qos: 1, payload: Buffer.from('hi') })
    expect(isAnswered).toBe(false)
    alice.send({ cmd: 'puback', messageId: packet?.messageId ?? 0 })
    expect(await sent).toMatchObject({ message: 'OK' })
  })

  it('that is not confirmed in time is a 504', async () => {
    const alice = await receiver(version)
    const timedOut = { name: 'GatewayTimeoutException', $metadata: { httpStatusCode: 504 } }
    await expect(send({ confirmation: true, timeout: 1 })).rejects.toMatchObject(timedOut)
    expect(await alice.next()).toMatchObject({ cmd: 'publish', topic: 'open', qos: 1 })
  })

  it('is not kept for a client that goes before it confirms, nor for one that is away', async () => {
    const persistent = { clean: false, properties: { sessionExpiryInterval: 600 } }
    const alice = await receiver(version, persistent)
    const sent = send({ confirmation: true, timeout: 15 })
    expect(await alice.next()).toMatchObject({ cmd: 'publish', qos: 1 })
    account.iot.cut('alice')
    await expect(sent).rejects.toMatchObject({ name: 'GatewayTimeoutException' })
    await expect(send({})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
    account.clock.skew += 1001
    const back = await receiver(version, persistent)
    await send({ payload: Buffer.from('new') })
    expect(await back.payloadsUntil('new')).toEqual(['new'])
  })
})

it('needs iot:Receive of its receiver, on the topic', async () => {
  const alice = await receiver(5)
  await expect(send({ topic: 'secret' })).rejects.toMatchObject({ name: 'ForbiddenException' })
  expect(account.refusals()).toMatchObject([{ event: 'Receive', fields: { action: 'iot:Receive', topic: 'secret' } }])
  await send({ payload: Buffer.from('end') })
  expect(await alice.payloadsUntil('end')).toEqual(['end'])
})

describe('iot:SendDirectMessage', () => {
  it('is checked on the client that is to receive', async () => {
    await receiver(5)
    await send({}, [allow('SendDirectMessage', 'client/alice')])
    const forbidden = { name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } }
    await expect(send({}, [allow('SendDirectMessage', 'client/bob')])).rejects.toMatchObject(forbidden)
    await expect(send({}, [allow('Publish', 'topic/open')])).rejects.toMatchObject(forbidden)
  })

  it('can be limited to topics by the condition key iot:Topic', async () => {
    const alice = await receiver(5)
    const limited = (...topics: string[]) => [
      { ...allow('SendDirectMessage', 'client/*'), Condition: { StringEquals: { 'iot:Topic': topics } } },
    ]
    await send({}, limited('other', 'open'))
    expect(await alice.next()).toMatchObject({ topic: 'open' })
    await expect(send({}, limited('other'))).rejects.toMatchObject({ name: 'ForbiddenException' })
  })
})

it('carries the properties of MQTT 5', async () => {
  const alice = await receiver(5)
  await send({
    contentType: 'application/json',
    responseTopic: 'answer',
    correlationData: Buffer.from('c').toString('base64'),
    payloadFormatIndicator: 'UTF8_DATA',
    userProperties: JSON.stringify([{ b: '1' }, { a: '2' }]),
  })
  expect(await alice.next()).toMatchObject({
    properties: {
      contentType: 'application/json',
      responseTopic: 'answer',
      correlationData: Buffer.from('c'),
      payloadFormatIndicator: true,
    },
    userPropertyList: [
      ['b', '1'],
      ['a', '2'],
    ],
  })
})

it.each<[string, Partial<SendDirectMessageCommandInput>]>([
  ['a wildcard in the topic', { topic: 'a/#' }],
  ['a wildcard in the response topic', { responseTopic: 'a/+' }],
  ['a timeout of 0', { timeout: 0 }],
  ['a timeout of 16 seconds', { timeout: 16 }],
  ['a client ID that is reserved', { clientId: '$GEN/1' }],
])('%s is an invalid request', async (_what, input) => {
  await receiver(5)
  const invalid = { name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } }
  await expect(send(input)).rejects.toMatchObject(invalid)
  await send({ timeout: 15 })
})
