import { expect, it } from '@jest/globals'
import type { IPublishPacket } from 'mqtt-packet'
import type { RawClient } from './testing/raw-client.js'
import { everything, startTestAccount, type TestAccount } from './testing/test-account.js'

const queued = 500
const live = 500

function persistent(version: 4 | 5) {
  if (version === 4) return { clean: false }
  return { clean: false, protocolVersion: 5, properties: { sessionExpiryInterval: 600 } } as const
}

async function open(account: TestAccount, clientId: string, options: object): Promise<RawClient> {
  const client = await account.open(account.session(everything))
  expect(await client.connect({ clientId, ...options })).toMatchObject({ cmd: 'connack' })
  return client
}

/** Destroys a client's socket, and waits until the data plane has noticed. */
async function lose(account: TestAccount, client: RawClient): Promise<void> {
  const watcher = await open(account, 'watcher', {})
  await watcher.subscribe('$aws/events/presence/disconnected/away')
  client.socket.terminate()
  await watcher.next()
}

/** Sends numbers one after the other, each when the broker has the one before. */
async function send(publisher: RawClient, from: number, to: number, more = (_: number): void => undefined) {
  for (let number = from; number < to; number += 1) {
    publisher.publish('t', String(number), { qos: 1, messageId: (number % 60_000) + 1 })
    await publisher.next()
    more(number)
  }
}

/** PUBLISH packets until all numbers were there; QoS 1 is acknowledged. */
async function receive(client: RawClient, count: number): Promise<IPublishPacket[]> {
  const packets: IPublishPacket[] = []
  for (const seen = new Set<string>(); seen.size < count; ) {
    const packet = await client.next()
    if (packet === undefined) break
    if (packet.cmd !== 'publish') continue
    packets.push(packet)
    seen.add(String(packet.payload))
    client.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
  }
  return packets
}

function numbers(packets: IPublishPacket[]): number[] {
  return packets.map(({ payload }) => Number(payload))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

it.each([4, 5] as const)(
  'gives a resumed session all, once and in order, while more is published (%s)',
  async (version) => {
    await using account = await startTestAccount({
      limits: { publishesPerSecond: 100_000, connectsPerSecondPerClientId: 100 },
    })
    const publisher = await open(account, 'publisher', {})
    const before = await open(account, 'away', persistent(version))
    await before.subscribe({ topic: 't', qos: 1 }, { topic: '+', qos: 1 })
    await lose(account, before)
    await send(publisher, 0, queued)

    // The client comes back in the middle of it.
    let resumed: Promise<IPublishPacket[]> | undefined
    const sending = send(publisher, queued, queued + live, (number) => {
      if (number === queued + 20) {
        resumed = open(account, 'away', persistent(version)).then((client) => receive(client, queued + live))
      }
    })
    await sending
    const packets = (await resumed) as IPublishPacket[]
    expect(numbers(packets)).toEqual(range(0, queued + live))
    expect(numbers(packets.filter(({ dup }) => dup))).toEqual([])
    expect(account.journal.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  },
)

it.each([
  ['new-packet-id', false],
  ['dup', true],
] as const)(
  'repeats what was not acknowledged before what is new, by switch redelivery: %s',
  async (redelivery, dup) => {
    const limits = { publishesPerSecond: 100_000, connectsPerSecondPerClientId: 100 }
    await using account = await startTestAccount({ limits, switches: { redelivery } })
    const publisher = await open(account, 'publisher', {})
    const before = await open(account, 'away', persistent(4))
    await before.subscribe({ topic: 't', qos: 1 })
    await send(publisher, 0, 5)
    const first: IPublishPacket[] = []
    while (first.length < 5) first.push((await before.next()) as IPublishPacket)
    await lose(account, before)
    await send(publisher, 5, 10)
    const packets = await receive(await open(account, 'away', persistent(4)), 10)
    expect(numbers(packets)).toEqual(range(0, 10))
    expect(packets.map((packet) => packet.dup)).toEqual(range(0, 10).map((number) => dup && number < 5))
    const identifiers = packets.map(({ messageId }) => messageId)
    const before5 = first.map(({ messageId }) => messageId)
    if (dup) {
      expect(identifiers.slice(0, 5)).toEqual(before5)
    } else {
      expect(identifiers.filter((identifier) => before5.includes(identifier))).toEqual([])
    }
    expect(new Set(identifiers).size).toBe(10)
  },
)
