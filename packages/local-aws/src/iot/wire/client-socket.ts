import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Bytes that may wait for a slow client before it gets no more QoS 0. */
const sendBufferBytes = 1 << 20
/** How long a client may take to end its side after we ended ours. */
const closeGraceMs = 1000

/** The client's side of a connection: a WebSocket, and the TLS socket under it. */
export class ClientSocket {
  readonly #socket: WebSocket
  readonly #transport: Duplex
  /** What was sent in this turn of the event loop: it leaves as one frame, and one TLS record, which is what sending costs. */
  #waiting: Buffer[] = []

  constructor(socket: WebSocket, transport: Duplex) {
    this.#socket = socket
    this.#transport = transport
    socket.on('error', () => undefined)
  }

  /** `closed` gets the code of the client's Close frame, 1006 when there was none. */
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

  /** Whether the client is not far behind. */
  get keepsUp(): boolean {
    return this.#socket.bufferedAmount < sendBufferBytes
  }

  /** AWS ends TLS and sends no Close frame: the device SDK's AWS_ERROR_MQTT_UNEXPECTED_HANGUP says so. */
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
