import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestAccount } from '../testing/account/test-account.js'

/** The SDK's MQTT 5 client connects again by itself within so long, unless it is told to stop. */
const sdkReconnectMs = 1_000

let account: TestAccount

beforeAll(async () => {
  account = await TestAccount.start()
})

afterAll(async () => {
  await account[Symbol.asyncDispose]()
})

it('a client that is left while it waits for its last answer does not take the client ID back', async () => {
  const { aws } = account
  const session = await account.connect({ mqtt: 5, connectIntervalMs: 0 })
  const { clientId } = session
  const closed: unknown[] = []
  session.on('closed', (error) => closed.push(error))
  // A message that was acknowledged just now: the client that is left asks for one more answer before its DISCONNECT.
  const received = new Promise<void>((resolve) => session.subscribe('test', { onMessage: () => resolve() }))
  await session.publish('test', 'x')
  await received

  const ofThis = (event: string) => (entry: { event: string; fields?: object }) =>
    entry.event === event && Object(entry.fields).clientId === clientId
  const ended = account.happens(ofThis('Disconnect'))
  // That answer does not come until the connection that follows is on its way and takes the client ID over.
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
  // Nothing tells that a client will not come back; this is twice the time in which it would.
  await new Promise((resolve) => setTimeout(resolve, 2 * sdkReconnectMs))
  aws.faults.skewClock(2_002)
  await session.publish('test', 'y')
  expect(upgrades() - before).toBe(0)
  expect(closed).toEqual([])
})
