import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestAccount } from '../testing/account/test-account.js'

/** The SDK's MQTT 5 client reconnects by itself within this time, unless it is stopped. */
const sdkReconnectMs = 1_000

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

it('an abandoned client that waits for its last response does not take the client ID back', async () => {
  const { aws } = account
  const session = await account.connect({ mqtt: 5, connectIntervalMs: 0 })
  const { clientId } = session
  const closed: unknown[] = []
  session.on('closed', (error) => closed.push(error))
  // A message was acknowledged just now, so the abandoned client waits for one more response before its DISCONNECT.
  const received = new Promise<void>((resolve) => session.subscribe('test', { onMessage: () => resolve() }))
  await session.publish('test', 'x')
  await received

  const ofThis = (event: string) => (entry: { event: string; fields?: object }) =>
    entry.event === event && Object(entry.fields).clientId === clientId
  const ended = account.happens(ofThis('Disconnect'))
  // That response is delayed until the next connection takes over the client ID.
  aws.iot.delay(60_000)
  void account.happens(
    ({ event, outcome }) => event === 'Upgrade' && outcome === 'ok',
    () => aws.iot.delay(0),
  )
  aws.faults.skewClock(1_001)
  await session.grant({ subscribe: ['test'], publish: ['test'] })
  expect(await ended).toMatchObject({ fields: { reason: 'DUPLICATE_CLIENTID' } })

  const upgrades = () => account.journal.filter(({ event }) => event === 'Upgrade').length
  const before = upgrades()
  // No event shows that a client will not reconnect: this is twice the time in which it would.
  await new Promise((resolve) => setTimeout(resolve, 2 * sdkReconnectMs))
  aws.faults.skewClock(2_002)
  await session.publish('test', 'y')
  expect(upgrades() - before).toBe(0)
  expect(closed).toEqual([])
})
