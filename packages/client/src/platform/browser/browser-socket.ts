import { notOpened } from '../../connection/transport.js'
import type { OpenSocket } from '../../connection/websocket/socket.js'
import { TopicCredentialsError } from '../../errors.js'
import { isOffline } from './page.js'

/** Opens a WebSocket of the browser. If the handshake fails, the browser does not report why. */
export const browserSocket: OpenSocket = (url, events) => {
  let over = false
  let opened = false
  const socket = open(url)
  const end = (name: string, message: string) => {
    if (over) return
    over = true
    const error = isOffline() ? { error: offline(new URL(url).host) } : {}
    events.ended({ name, message, ...error })
  }
  if (socket === undefined) {
    queueMicrotask(() => end(notOpened, 'the browser does not allow it'))
    return {
      send: () => {},
      close: async () => {
        over = true
      },
    }
  }
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    opened = true
    if (!over) events.opened()
  })
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    if (over) return
    if (data instanceof ArrayBuffer) {
      events.received(new Uint8Array(data))
    } else {
      end('NOT_BINARY', 'the broker sent a text frame [MQTT-6.0.0-1]')
      socket.close()
    }
  })
  // If a Content-Security-Policy forbids it, Chromium emits `error` without a following `close`.
  socket.addEventListener('error', () => {
    if (!opened) end(notOpened, 'the connection failed')
  })
  socket.addEventListener('close', ({ code }) =>
    end(opened ? 'WEBSOCKET_CLOSED' : notOpened, `closed with code ${code}`),
  )
  return {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    // The browser sends the remaining data. Waiting for `close` could wait for a network that is gone.
    close: async () => {
      over = true
      socket.close(1000)
    },
  }
}

/** Undefined if a Content-Security-Policy forbids it: some browsers throw in this case. */
function open(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, 'mqtt')
  } catch {
    return undefined
  }
}

function offline(where: string): TopicCredentialsError {
  return new TopicCredentialsError(`The connection to ${where} was lost: this device is offline`, {
    code: 'connection_lost',
    value: where,
    remedy: 'The client reconnects automatically as soon as the network is back.',
  })
}
