import { describe, expect, it } from '@jest/globals'
import { ConnectLog } from '../../../connection/connect-log.js'
import { Handshake } from '../../../connection/handshake.js'
import { fromSource } from '../../../credentials/provider.js'
import { SdkTransport } from './sdk-transport.js'

/** A transport for which the test settles the SDK's sending. */
class Scripted extends SdkTransport<object> {
  send(sending: Promise<string>): Promise<string> {
    return this.handedOver(sending)
  }

  stand(): void {
    this.accepted({}, false)
  }

  fall(): void {
    this.ended({ name: 'CUT', message: 'cut' })
  }

  protected dial(): void {}
  protected hangUp(): void {}
  protected async free(): Promise<void> {}
}

function standing(): Scripted {
  const endpoint = { host: 'localhost', port: 1, plain: false }
  const transport = new Scripted({
    ...endpoint,
    region: 'eu-west-1',
    clientId: 'a',
    keepAliveSeconds: 60,
    route: { ca: undefined, trusted: 'nothing', proxy: undefined },
    handshake: new Handshake({
      credentials: fromSource({ vend: () => Promise.reject(new Error('none')), close: () => {} }, {}),
      log: ConnectLog.of(endpoint, 'a'),
      intervalMs: 0,
      closing: new AbortController().signal,
    }),
    resume: false,
    will: undefined,
    connectIntervalMs: 0,
  })
  transport.start()
  transport.stand()
  return transport
}

/** The promise of a message that was in flight when its client was stopped: the SDK never settles it (aws-crt 1.33.1). */
const never = new Promise<string>(() => {})

describe('a message with QoS 0', () => {
  it('settles with the result of the SDK', async () => {
    const transport = standing()
    expect(await transport.send(Promise.resolve('sent'))).toBe('sent')
    await expect(transport.send(Promise.reject(new Error('too large')))).rejects.toThrow('too large')
    await transport.stop()
  })

  it.each([
    ['is cut', (transport: Scripted) => transport.fall(), 'before it was known to be sent (cut)'],
    ['is replaced', (transport: Scripted) => transport.reconnect(), 'before it was known to be sent (reconnecting)'],
    ['is closed', (transport: Scripted) => transport.stop(), 'the transport is stopped'],
  ] as const)(
    'fails when the connection %s while it is in flight, which the SDK does not report',
    async (_, end, text) => {
      const transport = standing()
      const sending = transport.send(never)
      const ended = end(transport)
      await expect(sending).rejects.toThrow(text)
      await ended
      await transport.stop()
    },
  )
})
