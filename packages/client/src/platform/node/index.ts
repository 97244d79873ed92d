import type { Platform } from '../platform.js'

/** Node. Everything is loaded by the call that needs it: together it is most of the start-up time. */
export const platform: Platform = {
  async openVendorPost(url, options) {
    const { SignedPost } = await import('./signed-post.js')
    return new SignedPost(url, options)
  },

  async loadTransport(mqtt) {
    if (mqtt === 3) {
      const { Mqtt3Transport } = await import('./device-sdk/mqtt3-transport.js')
      return (options) => new Mqtt3Transport(options)
    }
    const { Mqtt5Transport } = await import('./device-sdk/mqtt5-transport.js')
    return (options) => new Mqtt5Transport(options)
  },

  async checkTrust(endpoint, ca, signal) {
    const { checkTrust } = await import('./handshake-probe.js')
    await checkTrust(endpoint, ca, signal)
  },

  async askHandshake(endpoint, ca, path) {
    const { askHandshake } = await import('./handshake-probe.js')
    return askHandshake(endpoint, ca, path)
  },
}
