import { WebSocket } from 'ws'
import type { OpenSocket, Socket, SocketEvents } from './socket.js'

/** How long the other side may take to close. */
const closeMs = 1_000
/** A frame of AWS IoT's has at most one packet of 146 KB. */
const maximumFrameBytes = 256 * 1024

/**
 * Opens WebSockets by `ws`, which every supported version of Node has; Node's own comes with Node 22, and takes no certificate authority.
 *
 * @param ca PEM; default: the system's trust store
 */
export function nodeSockets(ca: string | undefined): OpenSocket {
  return (url, events) => openNodeSocket(url, ca, events)
}

function openNodeSocket(url: string, ca: string | undefined, events: SocketEvents): Socket {
  const socket = new WebSocket(url, 'mqtt', {
    ...(ca === undefined ? {} : { ca }),
    perMessageDeflate: false,
    maxPayload: maximumFrameBytes,
    followRedirects: false,
  })
  let closed = false
  let failure = { name: 'WEBSOCKET_CLOSED', message: 'the connection was closed' }
  socket.binaryType = 'nodebuffer'
  socket.on('open', () => {
    if (!closed) events.opened()
  })
  socket.on('message', (data, binary) => {
    if (closed) return
    if (binary && data instanceof Uint8Array) {
      events.received(data)
    } else {
      failure = { name: 'NOT_BINARY', message: 'the broker sent text [MQTT-6.0.0-1]' }
      socket.terminate()
    }
  })
  socket.on('error', (error) => {
    failure = { name: 'code' in error ? String(error.code) : error.name, message: error.message }
  })
  socket.on('close', (code) => {
    if (closed) return
    closed = true
    events.ended(failure.name === 'WEBSOCKET_CLOSED' ? { ...failure, message: `closed with code ${code}` } : failure)
  })
  return {
    send: (bytes) => socket.send(bytes),
    close: () => {
      closed = true
      return closeSocket(socket)
    },
  }
}

function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), closeMs)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(1000)
  })
}
