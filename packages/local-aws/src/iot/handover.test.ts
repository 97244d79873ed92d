import { expect, it } from '@jest/globals'
import type { IPublishPacket } from 'mqtt-packet'
import type { RawClient } from './test-raw-client.js'
import { everything, type Stage, setStage } from './test-stage.js'

const QUEUED = 500
const LIVE = 500

const persistent = (version: 4 | 5) =>
  version === 4
    ? { clean: false }
    : ({ clean: false, protocolVersion: 5, properties: { sessionExpiryInterval: 600 } } as const)

async function open(stage: Stage, clientId: string, options: object): Promise<RawClient> {
  const client = await stage.open(stage.session(everything))
  expect(await client.connect({ clientId, ...options })).toMatchObject({ cmd: 'connack' })
  return client
}

/** Pulls the plug of a client, and waits until the data plane knows. */
async function lose(stage: Stage, client: RawClient): Promise<void> {
  const watcher = await open(stage, 'watcher', {})
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

const numbers = (packets: IPublishPacket[]) => packets.map(({ payload }) => Number(payload))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

it.each([4, 5] as const)(
  'gives a resumed session all, once and in order, while more is published (%s)',
  async (version) => {
    await using stage = await setStage({ limits: { publishesPerSecond: 100_000, connectsPerSecondPerClientId: 100 } })
    const publisher = await open(stage, 'publisher', {})
    const before = await open(stage, 'away', persistent(version))
    await before.subscribe({ topic: 't', qos: 1 }, { topic: '+', qos: 1 })
    await lose(stage, before)
    await send(publisher, 0, QUEUED)

    // The client comes back in the middle of it.
    let resumed: Promise<IPublishPacket[]> | undefined
    const sending = send(publisher, QUEUED, QUEUED + LIVE, (number) => {
      if (number === QUEUED + 20)
        resumed = open(stage, 'away', persistent(version)).then((client) => receive(client, QUEUED + LIVE))
    })
    await sending
    const packets = (await resumed) as IPublishPacket[]
    expect(numbers(packets)).toEqual(range(0, QUEUED + LIVE))
    expect(numbers(packets.filter(({ dup }) => dup))).toEqual([])
    expect(stage.journal.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  },
)

it('repeats with DUP and its identifier what was not acknowledged, before what is new', async () => {
  await using stage = await setStage({ limits: { publishesPerSecond: 100_000, connectsPerSecondPerClientId: 100 } })
  const publisher = await open(stage, 'publisher', {})
  const before = await open(stage, 'away', persistent(4))
  await before.subscribe({ topic: 't', qos: 1 })
  await send(publisher, 0, 5)
  const first: IPublishPacket[] = []
  while (first.length < 5) first.push((await before.next()) as IPublishPacket)
  await lose(stage, before)
  await send(publisher, 5, 10)
  const packets = await receive(await open(stage, 'away', persistent(4)), 10)
  expect(numbers(packets)).toEqual(range(0, 10))
  expect(packets.map(({ dup }) => dup)).toEqual(range(0, 10).map((number) => number < 5))
  const identifiers = packets.map(({ messageId }) => messageId)
  expect(identifiers.slice(0, 5)).toEqual(first.map(({ messageId }) => messageId))
  expect(new Set(identifiers).size).toBe(10)
})
