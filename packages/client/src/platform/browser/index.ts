import { notOpened } from '../../connection/transport.js'
import { signedTransport } from '../../connection/websocket/signed-transport.js'
import { rare } from '../../support/rare.js'
import { onlyMqtt5, type Platform } from '../platform.js'
import { browserSocket } from './browser-socket.js'
import { fetchPost } from './fetch-post.js'
import { guess } from './guess.js'
import { isOffline } from './page.js'
import { watchSleep } from './sleep-watch.js'

/** Timers of a tab that has been hidden for five minutes run once a minute. */
const timersLateMs = 60_000

/** Browsers and web workers: fetch, WebSocket, WebCrypto. */
export const platform: Platform = {
  // The browser's own settings apply.
  routeTo: async () => ({ ca: undefined, trusted: 'browser', proxy: undefined }),
  openVendorPost: async (url, options) => fetchPost(url, options),
  async loadTransport(kind, mqtt) {
    if (kind === 'device-sdk') throw (await rare()).noDeviceSdk()
    await onlyMqtt5(mqtt)
    return (options) => signedTransport(options, { openSocket: browserSocket, timersLateMs })
  },
  // The browser verifies certificates, but does not report the result.
  watchTrust: () => new Promise(() => {}),
  diagnoseHandshake: async ({ failure, attempt, endpoint }) =>
    failure.name === notOpened && attempt.path !== undefined && !isOffline()
      ? guess(attempt.identity, endpoint)
      : undefined,
  watchSleep,
}
