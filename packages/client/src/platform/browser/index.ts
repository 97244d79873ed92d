import { signedTransport } from '../../connection/websocket/signed-transport.js'
import { TopicCredentialsError } from '../../errors.js'
import { onlyMqtt5, type Platform } from '../platform.js'
import { browserSocket } from './browser-socket.js'
import { FetchPost } from './fetch-post.js'
import { watchSleep } from './sleep-watch.js'

/** Timers of a tab that has been hidden for five minutes run once a minute. */
const timersLateMs = 60_000

/** Browsers and web workers: fetch, WebSocket, WebCrypto. */
export const platform: Platform = {
  // The browser's own settings apply.
  routeTo: async () => ({ ca: undefined, trusted: 'the authorities that the browser trusts', proxy: undefined }),
  openVendorPost: async (url, options) => new FetchPost(url, options),
  async loadTransport(kind, mqtt) {
    if (kind === 'device-sdk') throw notHere()
    onlyMqtt5(mqtt)
    return (options) => signedTransport(options, { openSocket: browserSocket, timersLateMs })
  },
  // The browser verifies certificates, but does not report the result.
  checkTrust: async () => {},
  askHandshake: undefined,
  watchSleep,
}

function notHere(): TopicCredentialsError {
  return new TopicCredentialsError('The device SDK transport is only available in Node', {
    code: 'invalid_argument',
    value: 'device-sdk',
    remedy: 'Omit `transport`: in a browser the default is `websocket`.',
  })
}
