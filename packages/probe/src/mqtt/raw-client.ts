import { EventEmitter, once } from 'node:events'
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import { WebSocket } from 'ws'
import { packetName } from './packet-name.js'

/** Milliseconds for an answer that is sure to come. */
const answerMs = 30_000

/** An upgrade that was refused, with what the server said. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly status: number
  readonly body: string

  constructor(status: number, body: string) {
    super(`The WebSocket was refused with HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

export interface RawClientOptions {
  /** A presigned `wss://` URL. */
  readonly url: string
  readonly ca?: string | undefined
  readonly version: 4 | 5
  /** Milliseconds for an answer that may not come. */
  readonly silence: number
}

/** An MQTT client that sends what it is told and notes what it gets, packet by packet. */
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

  /** Sends CONNECT; what came of it, `closed` at the end where the connection ended. */
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
   * What has come since the last look, once the server has answered a PINGREQ and then been silent for a while: an answer that is missing is
   * one that does not come.
   */
  async settle(): Promise<string[]> {
    if (!this.#closed) {
      this.send({ cmd: 'pingreq' })
      await this.#wait(({ cmd }) => cmd === 'pingresp')
      await this.#quiet()
    }
    return this.names().filter((name) => name !== 'pingresp')
  }

  /** The next packet that is asked for, out of all that comes; undefined when it does not come. */
  async next(wanted: (packet: Packet) => boolean, milliseconds = answerMs): Promise<Packet | undefined> {
    const packet = await this.#wait(wanted, milliseconds)
    if (packet !== undefined) this.#received.splice(this.#received.indexOf(packet), 1)
    return packet
  }

  /** What has come since the last look. */
  names(): string[] {
    return [...this.#received.splice(0).map(packetName), ...(this.#closed ? ['closed'] : [])]
  }

  /** Cuts the connection, as a network would. */
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

  /** Until the connection ends, or nothing more is to be expected. */
  async #quiet(): Promise<void> {
    if (this.#silence > 0 && !this.#closed) await this.#change(this.#silence)
  }

  /**
   * Whether something came within this time. Its timer keeps the process alive, which that of AbortSignal.timeout does not: where the server has ended the
   * only connection, nothing else does, and the process would end with its stack in the account.
   */
  #change(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (came: boolean) => {
        clearTimeout(timer)
        this.#events.off('change', onChange)
        resolve(came)
      }
      const onChange = () => settle(true)
      const timer = setTimeout(settle, Math.max(0, milliseconds), false)
      this.#events.once('change', onChange)
    })
  }
}
