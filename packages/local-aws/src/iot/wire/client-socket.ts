import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Maximum number of bytes queued for a slow client before QoS 0 messages are dropped. */
const sendBufferBytes = 1 << 20
/** Time for a client to close its side after we closed ours. */
const closeGraceMs = 1000

/** The client side of a connection: a WebSocket and its TLS socket. */
export class ClientSocket {
  readonly #socket: WebSocket
  readonly #transport: Duplex
  /** Data sent in this turn of the event loop: it is sent as one frame and one TLS record, because their number determines the cost. */
  #waiting: Buffer[] = []

  constructor(socket: WebSocket, transport: Duplex) {
    this.#socket = socket
    this.#transport = transport
    socket.on('error', () => undefined)
  }

  /** `closed` receives the code of the client's Close frame, 1006 if there was none. */
  listen(received: (data: Buffer, isBinary: boolean) => void, closed: (code: number) => void): void {
    this.#socket.on('message', received)
    this.#socket.on('close', closed)
  }

  send(bytes: Buffer): void {
    this.#waiting.push(bytes)
    if (this.#waiting.length === 1) queueMicrotask(this.#flush)
  }

  readonly #flush = (): void => {
    const [first, ...others] = this.#waiting
    if (first === undefined) return
    this.#waiting = []
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(others.length === 0 ? first : Buffer.concat([first, ...others]))
  }

  /** Whether the client keeps up. */
  get keepsUp(): boolean {
    return this.#socket.bufferedAmount < sendBufferBytes
  }

  /** AWS closes TLS without a Close frame: the device SDK reports AWS_ERROR_MQTT_UNEXPECTED_HANGUP. */
  hangUp(): void {
    if (this.#transport.destroyed) return
    this.#flush()
    this.#transport.end()
    const timer = setTimeout(() => this.#transport.destroy(), closeGraceMs)
    this.#transport.once('close', () => clearTimeout(timer))
  }

  cut(): void {
    this.#socket.terminate()
  }
}
