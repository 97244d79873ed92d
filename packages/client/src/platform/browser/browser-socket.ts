import { notOpened } from '../../connection/transport.js'
import type { OpenSocket } from '../../connection/websocket/socket.js'
import { TopicCredentialsError } from '../../errors.js'
import { isOffline } from './page.js'

/** Opens a WebSocket of the browser's. Of a handshake that fails, it tells nothing but that it did. */
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
      end('NOT_BINARY', 'the broker sent text [MQTT-6.0.0-1]')
      socket.close()
    }
  })
  // Where a Content-Security-Policy forbids it, Chromium tells `error` and no `close` after it.
  socket.addEventListener('error', () => {
    if (!opened) end(notOpened, 'it failed')
  })
  socket.addEventListener('close', ({ code }) =>
    end(opened ? 'WEBSOCKET_CLOSED' : notOpened, `closed with code ${code}`),
  )
  return {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    // The browser takes over what is still to be sent. Waiting for its `close` would wait for a network that may be gone.
    close: async () => {
      over = true
      socket.close(1000)
    },
  }
}

/** Undefined where a Content-Security-Policy forbids it: some browsers throw then. */
function open(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, 'mqtt')
  } catch {
    return undefined
  }
}

function offline(where: string): TopicCredentialsError {
  return new TopicCredentialsError(`The connection to ${where} is gone: this device is offline`, {
    code: 'connection_lost',
    value: where,
    remedy: 'It is opened again by itself, at once when the network is back.',
  })
}
