import { EventEmitter, once } from 'node:events'
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import { WebSocket } from 'ws'
import { packetName } from './packet-name.js'

/** Milliseconds to wait for a response that the server must send. */
const answerMs = 30_000

/** A refused WebSocket upgrade, with the response. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly status: number
  readonly body: string

  constructor(status: number, body: string) {
    super(`The server refused the WebSocket with HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

export interface RawClientOptions {
  /** A presigned `wss://` URL. */
  readonly url: string
  readonly ca?: string | undefined
  readonly version: 4 | 5
  /** Milliseconds to wait for a response that the server can omit. */
  readonly silence: number
}

/** An MQTT client that sends the given packets, without any logic of its own, and records every packet that it receives. */
export class RawClient {
  readonly #socket: WebSocket
  readonly #version: 4 | 5
  readonly #silence: number
  readonly #received: Packet[] = []
  readonly #events = new EventEmitter()
  #closed = false

  private constructor(socket: WebSocket, { version, silence }: RawClientOptions) {
    this.#socket = socket
    this.#version = version
    this.#silence = silence
    const packets = parser({ protocolVersion: version })
    packets.on('packet', (packet: Packet) => {
      this.#received.push(packet)
      this.#events.emit('change')
    })
    packets.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => packets.parse(data))
    socket.on('close', () => {
      this.#closed = true
      this.#events.emit('change')
    })
  }

  /** @throws HandshakeRefused; the socket's own error */
  static async open(options: RawClientOptions): Promise<RawClient> {
    const { url, ca } = options
    const socket = new WebSocket(url, 'mqtt', { ...(ca === undefined ? {} : { ca }), handshakeTimeout: 30_000 })
    const client = new RawClient(socket, options)
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.once('open', resolve)
      socket.once('unexpected-response', (_, response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => reject(new HandshakeRefused(response.statusCode ?? 0, body)))
      })
    })
    return client
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Sends CONNECT. @returns the names of the packets that it received; the last one is `closed` if the connection ended */
  async connect(packet: Partial<IConnectPacket> & { readonly clientId: string }): Promise<string[]> {
    const { clean = true } = packet
    this.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: this.#version, keepalive: 1200, ...packet, clean })
    await this.#wait(({ cmd }) => cmd === 'connack')
    return this.names()
  }

  send(packet: Packet): void {
    this.#socket.send(generate(packet, { protocolVersion: this.#version }))
  }

  publish(topic: string, more: object = {}): void {
    this.send({
      cmd: 'publish',
      topic,
      payload: 'x',
      qos: 1,
      dup: false,
      retain: false,
      messageId: 1,
      ...more,
    } as Packet)
  }

  subscribe(topic: string, qos: 0 | 1 | 2 = 1): void {
    this.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic, qos }] })
  }

  /**
   * The names of the packets since the last call, after a PINGREQ was answered and a period of silence passed. A response that is missing then
   * will not come.
   */
  async settle(): Promise<string[]> {
    if (!this.#closed) {
      this.send({ cmd: 'pingreq' })
      await this.#wait(({ cmd }) => cmd === 'pingresp')
      await this.#quiet()
    }
    return this.names().filter((name) => name !== 'pingresp')
  }

  /** Waits for a packet, and takes it out of the received ones; undefined if it does not arrive in time. */
  async next(wanted: (packet: Packet) => boolean, milliseconds = answerMs): Promise<Packet | undefined> {
    const packet = await this.#wait(wanted, milliseconds)
    if (packet !== undefined) this.#received.splice(this.#received.indexOf(packet), 1)
    return packet
  }

  /** The names of the packets received since the last call. */
  names(): string[] {
    return [...this.#received.splice(0).map(packetName), ...(this.#closed ? ['closed'] : [])]
  }

  /** Closes the connection without DISCONNECT, like a network failure. */
  async cut(): Promise<void> {
    this.#socket.terminate()
    while (!this.#closed) await once(this.#events, 'change')
  }

  async #wait(wanted: (packet: Packet) => boolean, milliseconds = answerMs): Promise<Packet | undefined> {
    const deadline = performance.now() + milliseconds
    for (;;) {
      const packet = this.#received.find(wanted)
      if (packet !== undefined || this.#closed) return packet
      if (!(await this.#change(deadline - performance.now()))) return undefined
    }
  }

  /** Waits for one more packet, for as long as the server can delay an optional response. */
  async #quiet(): Promise<void> {
    if (this.#silence > 0 && !this.#closed) await this.#change(this.#silence)
  }

  /**
   * Whether a packet or the end of the connection arrived within this time. Its timer keeps the process alive, unlike that of
   * AbortSignal.timeout: after the server has closed the only connection, the process would otherwise exit without deleting its stack.
   */
  #change(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (arrived: boolean) => {
        clearTimeout(timer)
        this.#events.off('change', onChange)
        resolve(arrived)
      }
      const onChange = () => settle(true)
      const timer = setTimeout(settle, Math.max(0, milliseconds), false)
      this.#events.once('change', onChange)
    })
  }
}
