import { describe, expect, it } from '@jest/globals'
import type { Session } from '../session.js'
import { accountOfSuite } from '../testing/account/suite-account.js'
import type { TestAccount } from '../testing/account/test-account.js'
import { nodeTransports } from '../testing/transports.js'

/** Brokers that end the connection at an UNSUBSCRIBE, and the stand-in, which acknowledges it. */

let account: TestAccount

accountOfSuite(
  (started) => {
    account = started
  },
  { credentialExpiry: 'disconnect' },
)

describe.each(nodeTransports)('over $name', ({ options }) => {
  /** A session with an active subscription. */
  const subscribed = async () => {
    const session = await account.connect({ ...options, connectIntervalMs: 0 })
    const subscription = session.subscribe('test')
    await subscription.ready
    return { session, subscription }
  }

  /** Waits for the event `refused`, and calls `again` after each reconnect. */
  const refusal = (session: Session, again: () => void): Promise<unknown> => {
    let connections = 0
    session.on('interrupted', () => {
      connections += 1
      account.aws.faults.skewClock(connections * 1_001)
    })
    session.on('connected', again)
    return new Promise((resolve) => {
      session.once('refused', (error) => {
        session.off('connected', again)
        resolve(error)
      })
    })
  }

  const goesOn = async (session: Session) => {
    const messages = session.subscribe('users/developer/x')
    await messages.ready
    await session.publish('users/developer/x', 'goes on')
    for await (const message of messages) {
      expect(message.text()).toBe('goes on')
      break
    }
  }

  it('an UNSUBSCRIBE that ends the connection is refused the second time, and does not block others', async () => {
    const { session, subscription } = await subscribed()
    /** Ends the connection without reading what is sent from now on. */
    const hangUp = () => {
      account.aws.iot.delay(60_000)
      setImmediate(() => {
        void account.happens(
          ({ event, outcome }) => event === 'Upgrade' && outcome === 'ok',
          () => account.aws.iot.delay(0),
        )
        account.aws.faults.cutSockets(session.clientId)
      })
    }
    const refused = refusal(session, hangUp)
    hangUp()
    const closing = subscription.close().catch(() => {})
    expect(await refused).toMatchObject({
      code: 'refused',
      value: 'test',
      message: expect.stringContaining('closed, twice, without a reason'),
    })
    await closing
    await goesOn(session)
  })

  it('an UNSUBSCRIBE that is answered by a DISCONNECT is refused with its reason the second time', async () => {
    const { session, subscription } = await subscribed()
    const expire = () => {
      account.aws.faults.expireCredentials(session.accessKeyId)
    }
    const refused = refusal(session, expire)
    expire()
    const closing = subscription.close().catch(() => {})
    const reason = options.mqtt === 3 ? 'closed, twice, without a reason' : 'not authorized (0x87)'
    expect(await refused).toMatchObject({ code: 'refused', value: 'test', message: expect.stringContaining(reason) })
    await closing
    await goesOn(session)
  })

  it('an UNSUBSCRIBE that is acknowledged ends the subscription without a refusal', async () => {
    const { session, subscription } = await subscribed()
    const refused: unknown[] = []
    session.on('refused', (error) => refused.push(error))
    const left = account.happens(({ event }) => event === 'Unsubscribe')
    await subscription.close()
    expect(await left).toMatchObject({ outcome: 'ok', fields: { topics: 'test' } })
    await goesOn(session)
    expect(refused).toEqual([])
  })
})
