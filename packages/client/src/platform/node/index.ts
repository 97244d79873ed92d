import type { Transport, TransportOptions } from '../../connection/transport.js'
import { sleep } from '../../support/abort.js'
import { onlyMqtt5, type Platform } from '../platform.js'

/** Most connections are established by then. Otherwise the connection is examined, because the device SDK reports causes late. */
const lateMs = 1_000

/** Node. Modules are loaded on demand: together they are most of the start-up time. */
export const platform: Platform = {
  async routeTo(url, options) {
    const { routeTo } = await import('./route.js')
    return routeTo(url, options)
  },

  async openVendorPost(url, options) {
    const { SignedPost } = await import('./signed-post.js')
    return new SignedPost(url, options)
  },

  async loadTransport(kind, mqtt) {
    if (kind === 'websocket') return loadWebSocket(mqtt)
    if (mqtt === 3) {
      const { Mqtt3Transport } = await import('./device-sdk/mqtt3-transport.js')
      return (options) => new Mqtt3Transport(options)
    }
    const { Mqtt5Transport } = await import('./device-sdk/mqtt5-transport.js')
    return (options) => new Mqtt5Transport(options)
  },

  async watchTrust(endpoint, route, settled) {
    const never = new Promise<never>(() => {})
    await sleep(lateMs, settled).catch(() => never)
    const { checkTrust } = await import('./handshake-probe.js')
    await checkTrust(endpoint, route, settled)
    return never
  },

  async diagnoseHandshake(failed) {
    const { diagnoseHandshake } = await import('./handshake-diagnosis.js')
    return diagnoseHandshake(failed)
  },
  // The keep-alive detects sleep.
  watchSleep: () => () => {},
}

async function loadWebSocket(mqtt: 3 | 5): Promise<(options: TransportOptions) => Transport> {
  await onlyMqtt5(mqtt)
  const [{ signedTransport }, { nodeSockets }] = await Promise.all([
    import('../../connection/websocket/signed-transport.js'),
    import('./node-socket.js'),
  ])
  return (options) => signedTransport(options, { openSocket: nodeSockets(options.route) })
}
