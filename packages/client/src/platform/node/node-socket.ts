import type { ClientRequest, IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { WebSocket as NodeWebSocket } from 'ws'
import type { Route } from '../../connection/route.js'
import type { OpenSocket, Socket, SocketEvents } from '../../connection/websocket/socket.js'
import { answerOf } from './handshake-answer.js'
import { networkError } from './network-error.js'
import { agentFor } from './route.js'

/** Not `import`, which takes twice as long to load it: Node first searches each of its source files for export names. */
const { WebSocket } = createRequire(import.meta.url)('ws') as typeof import('ws')

/** Maximum time for the other side to close. */
const closeMs = 1_000
/** A frame of AWS IoT contains at most one packet of 146 KB. */
const frameLimitBytes = 256 * 1024

/**
 * Opens WebSockets with `ws`, which works in every supported version of Node; Node's own requires Node 22 and supports no certificate authority.
 *
 * @param route trusted certificates and proxy
 */
export function nodeSockets(route: Route): OpenSocket {
  return (url, events) => new NodeSocket(url, route, events)
}

class NodeSocket implements Socket {
  readonly #socket: NodeWebSocket
  readonly #events: SocketEvents
  #closed = false
  #opened = false

  constructor(url: string, route: Route, events: SocketEvents) {
    this.#events = events
    const { host } = new URL(url)
    const socket = new WebSocket(url, 'mqtt', {
      ...(route.ca === undefined ? {} : { ca: route.ca }),
      ...(route.proxy === undefined ? {} : { agent: agentFor(route) }),
      perMessageDeflate: false,
      maxPayload: frameLimitBytes,
      followRedirects: false,
    })
    this.#socket = socket
    socket.on('open', () => {
      this.#opened = true
      if (!this.#closed) events.opened()
    })
    socket.on('message', (data, binary) => {
      if (this.#closed) return
      if (binary && data instanceof Uint8Array) {
        events.received(data)
      } else {
        this.#end('NOT_BINARY', 'the broker sent a text frame [MQTT-6.0.0-1]')
      }
    })
    socket.on('unexpected-response', (request, response) => void this.#refused(request, response))
    socket.on('error', (error) => {
      if (this.#opened || this.#closed) return
      this.#end('WEBSOCKET_FAILED', error.message, { error: networkError(error, host, 'the IoT endpoint', route) })
    })
    socket.on('close', (code) => this.#end('WEBSOCKET_CLOSED', `closed with code ${code}`))
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes)
  }

  close(): Promise<void> {
    this.#closed = true
    const socket = this.#socket
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

  async #refused(request: ClientRequest, response: IncomingMessage): Promise<void> {
    const answer = await answerOf(response)
    request.destroy()
    this.#end('HANDSHAKE_REFUSED', `the endpoint responded with ${answer.status}`, { answer })
    this.#socket.terminate()
  }

  #end(name: string, message: string, more: object = {}): void {
    if (this.#closed) return
    this.#closed = true
    this.#events.ended({ name, message, ...more })
  }
}
