import { notOpened } from '../../connection/transport.js'
import type { OpenSocket } from '../../connection/websocket/socket.js'
import { isOffline, offline } from './page.js'

/** Opens a WebSocket of the browser. If the handshake fails, the browser does not report why. */
export const browserSocket: OpenSocket = (url, events) => {
  let over = false
  let opened = false
  let socket: WebSocket | undefined
  const end = (name: string, message: string) => {
    if (over) return
    over = true
    events.ended({ name, message: isOffline() ? offline : message })
  }
  try {
    socket = new WebSocket(url, 'mqtt')
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      opened = true
      if (!over) events.opened()
    }
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (over) return
      if (data instanceof ArrayBuffer) {
        events.received(new Uint8Array(data))
      } else {
        end('NOT_BINARY', 'the broker sent a text frame')
        socket?.close()
      }
    }
    // If a Content-Security-Policy forbids it, Chromium emits `error` without a following `close`.
    socket.onerror = () => {
      if (!opened) end(notOpened, 'the connection failed')
    }
    socket.onclose = ({ code }) => end(opened ? 'WEBSOCKET_CLOSED' : notOpened, `closed with code ${code}`)
  } catch {
    // Some browsers throw if a Content-Security-Policy forbids it.
    queueMicrotask(() => end(notOpened, 'the browser does not allow it'))
  }
  return {
    send(bytes) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    // The browser sends the remaining data. Waiting for `close` could wait for a network that is gone.
    async close() {
      over = true
      socket?.close(1000)
    },
  }
}
