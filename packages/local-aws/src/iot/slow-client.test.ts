import { expect, it } from '@jest/globals'
import { everything, startTestAccount, type TestAccount } from './testing/test-account.js'

/** Together far more than sockets and the data plane's own buffer take. */
const all = Array.from({ length: 150 }, (_, index) => `${index} ${'x'.repeat(100_000)}`)
const last = all.at(-1) as string

function numbers(payloads: readonly string[]): number[] {
  return payloads.map((one) => Number(one.split(' ')[0]))
}

async function threeClients(account: TestAccount, qos: 0 | 1) {
  const open = async (clientId: string) => {
    const client = await account.open(account.session(everything))
    await client.connect({ clientId })
    return client
  }
  const [slow, quick, publisher] = [await open('slow'), await open('quick'), await open('publisher')]
  await slow.subscribe({ topic: 't', qos })
  await quick.subscribe({ topic: 't', qos })
  slow.socket.pause()
  return { slow, quick, publisher }
}

it('a client that does not read for a while delays no other client, and gets all QoS 1 messages in order', async () => {
  await using account = await startTestAccount({ limits: { publishesPerSecond: 1e6 } })
  const { slow, quick, publisher } = await threeClients(account, 1)
  for (const [index, one] of all.entries()) publisher.publish('t', one, { qos: 1, messageId: index + 1 })
  expect(numbers(await quick.payloadsUntil(last))).toEqual(numbers(all))
  slow.socket.resume()
  expect(numbers(await slow.payloadsUntil(last))).toEqual(numbers(all))
})

it('… and of QoS 0 what it had room for, in order', async () => {
  await using account = await startTestAccount({ limits: { publishesPerSecond: 1e6 } })
  const { slow, quick, publisher } = await threeClients(account, 0)
  for (const one of all) {
    publisher.publish('t', one)
    expect(await quick.payloadsUntil(one)).toEqual([one])
  }
  slow.socket.resume()
  const late: string[] = []
  // It gets messages again once it has caught up; when that is, only they can tell.
  while (!late.includes('end')) {
    publisher.publish('t', 'end')
    await quick.payloadsUntil('end')
    for (const packet of slow.unread()) if (packet.cmd === 'publish') late.push(String(packet.payload))
  }
  const got = numbers(late.filter((one) => one !== 'end'))
  expect(got.length).toBeLessThan(all.length)
  expect(got).toEqual(got.toSorted((one, other) => one - other))
  expect(got[0]).toBe(0)
})
