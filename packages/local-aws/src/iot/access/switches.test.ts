import { describe, expect, it } from '@jest/globals'
import type { Packet } from 'mqtt-packet'
import type { Switches } from '../index.js'
import type { RawClient } from '../testing/raw-client.js'
import { allow, everything, startTestAccount, type TestAccount, userOf } from '../testing/test-account.js'

/** What a client of `userOf('test')` sees: the command and code of each packet, then 'closed' or 'open'. */
async function watch(account: TestAccount, client: RawClient, first: boolean): Promise<string[]> {
  const seen: string[] = []
  if (first) {
    const packet = await client.next()
    if (packet === undefined) return ['closed']
    seen.push(show(packet))
  }
  client.send({ cmd: 'pingreq' })
  for (let packet = await client.next(); packet?.cmd !== 'pingresp'; packet = await client.next()) {
    if (packet === undefined) return [...seen, 'closed']
    seen.push(show(packet))
  }
  expect(account.iot.connections()).toHaveLength(1)
  return [...seen, 'open']
}

function show(packet: Packet): string {
  const { cmd, reasonCode, granted } = packet as { cmd: string; reasonCode?: number; granted?: number[] }
  return `${cmd} ${granted ?? reasonCode ?? ''}`.trim()
}

const cases: [Partial<Switches>, 4 | 5, 'publish0' | 'publish1' | 'retain' | 'subscribe', string[]][] = [
  [{}, 4, 'publish0', ['closed']],
  [{}, 4, 'publish1', ['closed']],
  [{ v3PublishDenied: 'drop' }, 4, 'publish1', ['open']],
  [{}, 5, 'publish0', ['disconnect 135', 'closed']],
  [{ v5PublishQos0Denied: 'drop' }, 5, 'publish0', ['open']],
  [{}, 5, 'publish1', ['puback 135', 'open']],
  [{ v5PublishQos1Denied: 'puback-0x87-and-disconnect' }, 5, 'publish1', ['puback 135', 'disconnect 135', 'closed']],
  [{}, 4, 'retain', ['closed']],
  [{}, 5, 'retain', ['puback 135', 'open']],
  [{ retainDenied: 'publish-without-retain' }, 4, 'retain', ['puback', 'open']],
  [{ retainDenied: 'publish-without-retain' }, 5, 'retain', ['puback 0', 'open']],
  [{}, 4, 'subscribe', ['closed']],
  [{ v3SubscribeDenied: 'suback-0x80' }, 4, 'subscribe', ['suback 0,128', 'open']],
  [{}, 5, 'subscribe', ['suback 0,135', 'open']],
  [{ v5SubscribeDenied: 'suback-0x87-and-disconnect' }, 5, 'subscribe', ['suback 0,135', 'disconnect 135', 'closed']],
]

describe('denials by switch', () => {
  it.each(cases)('%j, protocol level %i, %s: %j', async (switches, protocolVersion, operation, expected) => {
    await using account = await startTestAccount({ switches })
    const statements = userOf('test').filter(({ Action }) => Action !== 'iot:RetainPublish')
    const client = await account.open(account.session(statements))
    await client.connect({ protocolVersion })
    if (operation === 'publish0') client.publish('other')
    if (operation === 'publish1') client.publish('other', 'x', { qos: 1, messageId: 1 })
    if (operation === 'retain') client.publish('test', 'x', { qos: 1, messageId: 1, retain: true })
    const subscriptions = ['test', 'other'].map((topic) => ({ topic, qos: 0 as const }))
    if (operation === 'subscribe') client.send({ cmd: 'subscribe', messageId: 1, subscriptions })
    // A SUBACK may come after a PINGRESP, so it is waited for first.
    expect(await watch(account, client, operation === 'subscribe')).toEqual(expected)
    expect(account.refusals()).toHaveLength(1)
  })

  it.each([
    [{}, 4, undefined],
    [{ v3ConnectDenied: 'connack-0x05' }, 4, 5],
    [{}, 5, 0x87],
    [{ v5ConnectDenied: 'close' }, 5, undefined],
  ] as const)('%j, protocol level %i, CONNECT: %s', async (switches, protocolVersion, code) => {
    await using account = await startTestAccount({ switches })
    const client = await account.open(account.session(userOf('test')))
    const connack = await client.connect({ protocolVersion, clientId: 'bob' })
    expect(connack?.reasonCode ?? connack?.returnCode).toBe(code)
    await client.closed
  })
})

describe('iot:Receive of shared subscriptions', () => {
  const grants = { topic: 'topic/t', share: 'topic/$share/g/t' }
  it.each([
    ['either', 'topic', true],
    ['either', 'share', true],
    ['topic', 'topic', true],
    ['topic', 'share', false],
    ['share', 'topic', false],
    ['share', 'share', true],
  ] as const)('switch %s, granted on %s: %s', async (sharedReceiveResource, granted, arrives) => {
    await using account = await startTestAccount({ switches: { sharedReceiveResource } })
    const statements = [allow('Connect', '*'), allow('Subscribe', '*'), allow('Receive', grants[granted], 'topic/end')]
    const client = await account.open(account.session(statements))
    await client.connect()
    await client.subscribe('$share/g/t', 'end')
    const witness = await account.open(account.session(everything))
    await witness.connect({ clientId: 'witness' })
    witness.publish('t', 'shared')
    witness.publish('end', 'end')
    expect(await client.payloadsUntil('end')).toEqual(arrives ? ['shared', 'end'] : ['end'])
  })
})

it('publishes denials on $aws/events: connect_failed, and AUTH_ERROR with the last will', async () => {
  await using account = await startTestAccount()
  const witness = await account.open(account.session(everything))
  await witness.connect({ clientId: 'witness' })
  await witness.subscribe('$aws/events/presence/connect_failed/+', '$aws/events/presence/disconnected/+', 'test')
  const refused = await account.open(account.session(userOf('test')))
  await refused.connect({ clientId: 'bob' })
  const told = async () => JSON.parse(String(((await witness.next()) as { payload: Buffer }).payload))
  const { principal } = account.session(userOf('test'))
  expect(principal.userId).toMatch(/^AROA\w+:alice$/u)
  const failed = await told()
  expect(failed).toMatchObject({
    clientId: 'bob',
    eventType: 'connect_failed',
    connectFailureReason: 'AUTHORIZATION_FAILED',
  })
  expect(failed.principalIdentifier).toMatch(/^AROA\w+:alice$/u)
  expect(failed).not.toHaveProperty('versionNumber')
  const alice = await account.open(account.session(userOf('test')))
  await alice.connect({ will: { topic: 'test', payload: Buffer.from('"will"'), qos: 0, retain: false } })
  alice.publish('other')
  const both = [await told(), await told()]
  expect(both).toContain('will')
  expect(both).toContainEqual(
    expect.objectContaining({ disconnectReason: 'AUTH_ERROR', clientInitiatedDisconnect: false }),
  )
})
