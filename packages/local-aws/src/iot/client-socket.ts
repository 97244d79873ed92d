import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Outbox } from './outbox.js'
import { binaryFrame } from './web-socket-frame.js'

/** Bytes that may wait for a slow client before it gets no more QoS 0. */
const SEND_BUFFER = 1 << 20
/** How long a client may take to end its side after we ended ours. */
const CLOSE_GRACE_MS = 1000

/** The client's side of a connection: a WebSocket, and the TLS socket under it. */
export class ClientSocket {
  readonly #socket: WebSocket
  readonly #transport: Duplex
  readonly #outbox: Outbox
  /** Packets that leave together. */
  #waiting: Buffer[] = []

  constructor(socket: WebSocket, transport: Duplex, outbox: Outbox) {
    this.#socket = socket
    this.#transport = transport
    this.#outbox = outbox
    socket.on('error', () => undefined)
  }

  /** `closed` gets the code of the client's Close frame, 1006 when there was none. */
  listen(received: (data: Buffer, isBinary: boolean) => void, closed: (code: number) => void): void {
    this.#socket.on('message', received)
    this.#socket.on('close', closed)
  }

  send(bytes: Buffer): void {
    this.#waiting.push(bytes)
    if (this.#waiting.length === 1) this.#outbox.later(this.#sendAll)
  }

  readonly #sendAll = (): void => {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#transport.write(binaryFrame(waiting))
  }

  /** Whether the client is not far behind. */
  get keepsUp(): boolean {
    return this.#socket.bufferedAmount < SEND_BUFFER
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused) this.#socket.resume()
  }

  /** AWS ends TLS and sends no Close frame: the device SDK's AWS_ERROR_MQTT_UNEXPECTED_HANGUP says so. */
  hangUp(): void {
    if (this.#transport.destroyed) return
    this.#sendAll()
    this.resume() // a paused one would never see the other side's end
    this.#transport.end()
    const timer = setTimeout(() => this.#transport.destroy(), CLOSE_GRACE_MS)
    this.#transport.once('close', () => clearTimeout(timer))
  }

  cut(): void {
    this.#socket.terminate()
  }
}
