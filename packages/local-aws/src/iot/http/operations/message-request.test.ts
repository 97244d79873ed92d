import {
  GetRetainedMessageCommand,
  type IoTDataPlaneClient,
  type PayloadFormatIndicator,
  PublishCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-iot-data-plane'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { dataPlaneClient } from '../../testing/http-client.js'
import { everything, startTestAccount, type TestAccount } from '../../testing/test-account.js'

let account: TestAccount
let client: IoTDataPlaneClient
beforeEach(async () => {
  account = await startTestAccount()
  client = dataPlaneClient(account, account.session(everything))
})
afterEach(async () => account[Symbol.asyncDispose]())

const pairs = [{ b: '1' }, { a: '2' }, { b: '3' }, { 2: 'x' }, { 1: 'y' }]
const ordered = pairs.flatMap((pair) => Object.entries(pair))

it('keeps the order of user properties on the way to subscribers and in the retained store [MQTT-3.3.2-18]', async () => {
  const alice = await account.open(account.session(everything))
  await alice.connect({ protocolVersion: 5 })
  await alice.subscribe('t')
  const userProperties = JSON.stringify(pairs)
  await client.send(new PublishCommand({ topic: 't', payload: Buffer.from('x'), retain: true, userProperties }))
  expect(await alice.next()).toMatchObject({ userPropertyList: ordered })
  const stored = await client.send(new GetRetainedMessageCommand({ topic: 't' }))
  expect(JSON.parse(Buffer.from(stored.userProperties ?? []).toString())).toEqual(pairs)
})

it('keeps their order from MQTT to the retained store, names that come again included', async () => {
  const alice = await account.open(account.session(everything))
  await alice.connect({ protocolVersion: 5 })
  const bytes = ordered.map(([name = '', value = '']) => `26 0001 ${hex(name)} 0001 ${hex(value)}`).join('')
  alice.sendBytes(Buffer.from(`33 2a 0001 74 0001 23 ${bytes} 70`.replaceAll(' ', ''), 'hex'))
  expect(await alice.next()).toMatchObject({ cmd: 'puback', reasonCode: 0 })
  const stored = await client.send(new GetRetainedMessageCommand({ topic: 't' }))
  expect(JSON.parse(Buffer.from(stored.userProperties ?? []).toString())).toEqual(pairs)
})

function hex(text: string): string {
  return Buffer.from(text).toString('hex')
}

it('answers null for a retained message without user properties', async () => {
  await client.send(new PublishCommand({ topic: 't', payload: Buffer.from('x'), retain: true }))
  expect((await client.send(new GetRetainedMessageCommand({ topic: 't' }))).userProperties).toBeUndefined()
})

it.each<[string, Partial<PublishCommandInput>, Partial<PublishCommandInput>]>([
  [
    'a payload format indicator',
    { payloadFormatIndicator: 'UNSPECIFIED_BYTES' },
    { payloadFormatIndicator: 'XX' as PayloadFormatIndicator },
  ],
  ['correlation data', { correlationData: 'YQ==' }, { correlationData: '%%%' }],
  ['user properties', { userProperties: '[{"a":"1"},{"b":"2"}]' }, { userProperties: '{"a":"1"}' }],
  ['values of user properties', { userProperties: '[]' }, { userProperties: '[{"a":1}]' }],
  ['user properties as JSON', { userProperties: '[{}]' }, { userProperties: '[' }],
  ['a response topic', { responseTopic: 'a/b' }, { responseTopic: 'a/#' }],
  ['a message expiry', { messageExpiry: 1 }, { messageExpiry: -1 }],
])('takes %s that is one, and refuses another', async (_what, good, bad) => {
  await client.send(new PublishCommand({ topic: 't', ...good }))
  const invalid = { name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } }
  await expect(client.send(new PublishCommand({ topic: 't', ...bad }))).rejects.toMatchObject(invalid)
})
