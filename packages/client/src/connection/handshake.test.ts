import { describe, expect, it } from '@jest/globals'
import { http } from 'aws-iot-device-sdk-v2'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { handshakeTransform } from '../platform/node/device-sdk/handshake-transform.js'
import { DrivenClock } from '../testing/driven-clock.js'
import { ScriptedBroker } from '../testing/scripted/scripted-broker.js'
import { vendedIdentity } from '../testing/scripted/vended-identity.js'
import { ConnectLog } from './connect-log.js'
import { Handshake } from './handshake.js'
import { signedTransport } from './websocket/signed-transport.js'
import type { OpenSocket } from './websocket/socket.js'

/** The outcome of an attempt that another one has replaced is ignored. */

const endpoint = { host: 'iot.invalid', port: 443, plain: false }

/** A handshake for which the test answers each request for credentials. */
function held() {
  const calls: { resolve(identity: VendedIdentity): void; reject(error: Error): void }[] = []
  const wake: (() => void)[] = []
  const next = () =>
    new Promise<VendedIdentity>((resolve, reject) => {
      calls.push({ resolve, reject })
      for (const one of wake.splice(0)) one()
    })
  const credentials: VendedCredentialsProvider = Object.assign(next, {
    invalidate: () => {},
    ask: next,
    refresh: next,
    close: () => {},
  })
  const log = ConnectLog.of(endpoint, 'alice:held')
  const handshake = new Handshake({ credentials, log, intervalMs: 0, closing: new AbortController().signal })
  const call = async (index: number) => {
    while (calls[index] === undefined) await new Promise<void>((resolve) => wake.push(resolve))
    return calls[index]
  }
  return { handshake, call }
}

/** Begins an attempt; resolves when it is signed, or has failed. */
type Begin = () => Promise<unknown>

const ways: readonly [string, (handshake: Handshake) => Begin][] = [
  [
    'the device SDK',
    (handshake) => {
      const transform = handshakeTransform(handshake, 'eu-central-1')
      return () => {
        const request = new http.HttpRequest('GET', '/mqtt', new http.HttpHeaders([['host', endpoint.host]]))
        return new Promise((resolve) => transform(request, resolve))
      }
    },
  ],
  [
    'websocket',
    (handshake) => {
      const route = { ca: undefined, trusted: 'nothing', proxy: undefined } as const
      const options = { ...endpoint, region: 'eu-central-1', clientId: 'alice:held', keepAliveSeconds: 60, route }
      const broker = new ScriptedBroker()
      return async () => {
        let open = () => {}
        const opened = new Promise<void>((resolve) => {
          open = resolve
        })
        const openSocket: OpenSocket = (...socket) => {
          open()
          return broker.openSocket(...socket)
        }
        const transport = signedTransport(
          { ...options, handshake, resume: false, will: undefined, connectIntervalMs: 0 },
          { openSocket },
        )
        const failed = new Promise<void>((resolve) => transport.on('failed', () => resolve()))
        transport.start()
        await Promise.race([opened, failed])
        await transport.stop()
      }
    },
  ],
]

/** An attempt that is not signed yet when a second one is signed. */
async function replaced(over: (handshake: Handshake) => Begin) {
  const { handshake, call } = held()
  const begin = over(handshake)
  const first = begin()
  const slow = await call(0)
  const second = begin()
  ;(await call(1)).resolve(vendedIdentity('ASIASECOND'))
  await second
  return { handshake, first, slow }
}

describe.each(ways)('an attempt that was replaced, over %s', (_, over) => {
  it('does not record its credentials when it is signed late', async () => {
    const { handshake, first, slow } = await replaced(over)
    slow.resolve(vendedIdentity('ASIAFIRST'))
    await first
    expect(handshake.attempt.identity?.accessKeyId).toBe('ASIASECOND')
  })

  it('does not record its error when it fails late', async () => {
    const { handshake, first, slow } = await replaced(over)
    slow.reject(new Error('late'))
    await first
    expect(handshake.attempt).toMatchObject({ identity: { accessKeyId: 'ASIASECOND' } })
    expect(handshake.attempt.error).toBeUndefined()
  })
})

describe('credentials that were prepared for an attempt', () => {
  it('do not record an error when they fail after the next attempt was signed', async () => {
    const { handshake, call } = held()
    const preparing = handshake.prepare().catch((error: Error) => error.message)
    const slow = await call(0)
    const attempt = ways[0]?.[1](handshake)()
    ;(await call(1)).resolve(vendedIdentity('ASIASECOND'))
    await attempt
    slow.reject(new Error('late'))
    expect(await preparing).toBe('late')
    expect(handshake.attempt).toMatchObject({ identity: { accessKeyId: 'ASIASECOND' } })
  })
})

describe('the turn of a client ID', () => {
  it('is not held by attempts that were replaced while they waited for it', async () => {
    using clock = new DrivenClock()
    const vended = vendedIdentity('ASIA')
    const credentials = Object.assign(async () => vended, {
      invalidate: () => {},
      ask: async () => vended,
      refresh: async () => vended,
      close: () => {},
    })
    const log = ConnectLog.of(endpoint, 'alice:turns')
    const handshake = new Handshake({ credentials, log, intervalMs: 1_000, closing: new AbortController().signal })
    const signedAt: number[] = []
    const begin = () =>
      handshake
        .sign(async () => '/mqtt')
        .then(
          () => signedAt.push(clock.now),
          () => {},
        )
    for (let count = 0; count < 20; count++) void begin()
    await clock.runUntil(60_000)
    expect(signedAt).toEqual([0, 1_000])
  })
})

describe('the last attempt', () => {
  it.each(ways)('records its error for the diagnosis, over %s', async (_, over) => {
    const { handshake, call } = held()
    const attempt = over(handshake)()
    const error = new Error('no credentials')
    ;(await call(0)).reject(error)
    await attempt
    expect(handshake.attempt).toEqual({ error })
  })
})
