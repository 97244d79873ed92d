import { EventEmitter, once } from 'node:events'
import { generate, type IConnackPacket, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import { WebSocket } from 'ws'

/** An MQTT client without manners: it sends what it is told and shows what it gets, packet by packet. */
export class RawClient {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  version: 4 | 5 = 4
  #parser = parser()
  readonly #received: Packet[] = []
  readonly #events = new EventEmitter()
  #isClosed = false

  constructor(url: string, ca: string, protocol = 'mqtt') {
    this.socket = new WebSocket(url, protocol, { ca })
    this.#speak(4)
    this.socket.on('message', (data: Buffer) => this.#parser.parse(data))
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        this.#isClosed = true
        this.#events.emit('change')
        resolve(code)
      })
    })
  }

  /** Sends CONNECT and answers the CONNACK, or undefined when the connection closes instead. */
  async connect(packet: Partial<IConnectPacket> = {}): Promise<IConnackPacket | undefined> {
    this.sendConnect(packet)
    return (await this.next()) as IConnackPacket | undefined
  }

  sendConnect(packet: Partial<IConnectPacket> = {}): void {
    this.#speak(packet.protocolVersion === 5 ? 5 : 4)
    const connect = { clientId: 'alice', protocolId: 'MQTT', clean: true, keepalive: 60, ...packet } as const
    this.send({ cmd: 'connect', protocolVersion: this.version, ...connect })
  }

  #speak(version: 4 | 5): void {
    this.version = version
    this.#parser = parser({ protocolVersion: version })
    this.#parser.on('packet', (received) => {
      this.#received.push(received)
      this.#events.emit('change')
    })
  }

  send(packet: Packet): void {
    this.socket.send(generate(packet, { protocolVersion: this.version }))
  }

  sendBytes(bytes: Buffer): void {
    this.socket.send(bytes)
  }

  /** The next packet, in order; undefined once the connection is closed and all is read. */
  async next(): Promise<Packet | undefined> {
    while (this.#received.length === 0 && !this.#isClosed) await once(this.#events, 'change')
    return this.#received.shift()
  }

  /** What came and was not looked at. */
  unread(): Packet[] {
    return this.#received.splice(0)
  }

  publish(topic: string, payload = 'x', more: object = {}): void {
    this.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...more } as Packet)
  }

  /** Subscribes and answers the codes of the SUBACK; undefined when the connection closes instead. */
  async subscribe(...filters: (string | { topic: string; qos: 0 | 1 | 2 })[]): Promise<unknown[] | undefined> {
    const subscriptions = filters.map((one) => (typeof one === 'string' ? { topic: one, qos: 0 as const } : one))
    this.send({ cmd: 'subscribe', messageId: 7, subscriptions })
    const suback = await this.next()
    return suback?.cmd === 'suback' ? (suback.granted as number[]) : undefined
  }

  /** The payloads of the PUBLISH packets up to and including one; QoS 1 is acknowledged. Ends early on close. */
  async payloadsUntil(last: string): Promise<string[]> {
    const payloads: string[] = []
    while (payloads.at(-1) !== last) {
      const packet = await this.next()
      if (packet === undefined) break
      if (packet.cmd !== 'publish') continue
      payloads.push(String(packet.payload))
      if (packet.qos === 1 && packet.messageId !== undefined) this.send({ cmd: 'puback', messageId: packet.messageId })
    }
    return payloads
  }
}
