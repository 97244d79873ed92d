import { EventEmitter, once } from 'node:events'
import { generate, type IConnackPacket, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import { WebSocket } from 'ws'
import { ServerJudge } from './server-judge.js'

/** A packet, with its user properties once more as a list, in order: mqtt-packet keeps none. */
export type ReceivedPacket = Packet & { readonly userPropertyList?: readonly (readonly [string, string])[] }

/**
 * An MQTT client without checks: it sends any packets and returns the received ones. What the server sends is judged: after a
 * violation `next()` throws it, and so does the end of the test account.
 */
export class RawClient {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  version: 4 | 5 = 4
  #judge = new ServerJudge({ version: 4 })
  #violation: Error | undefined
  readonly #received: ReceivedPacket[] = []
  readonly #events = new EventEmitter()
  #isClosed = false

  constructor(url: string, ca: string, protocol = 'mqtt') {
    this.socket = new WebSocket(url, protocol, { ca })
    this.socket.on('message', (data: Buffer) => this.#receive(data))
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
    this.version = packet.protocolVersion === 5 ? 5 : 4
    const { receiveMaximum, maximumPacketSize } = packet.properties ?? {}
    // 0 is no limit but a fault, which the server is to name.
    const allowance = { receiveMaximum: receiveMaximum || undefined, maximumPacketSize: maximumPacketSize || undefined }
    this.#judge = new ServerJudge({ version: this.version, ...allowance })
    const connect = { clientId: 'alice', protocolId: 'MQTT', clean: true, keepalive: 60, ...packet } as const
    this.send({ cmd: 'connect', protocolVersion: this.version, ...connect })
  }

  send(packet: Packet): void {
    if (packet.cmd === 'puback' && packet.messageId !== undefined) this.#judge.acknowledged(packet.messageId)
    this.socket.send(generate(packet, { protocolVersion: this.version }))
  }

  sendBytes(bytes: Buffer): void {
    this.socket.send(bytes)
  }

  /** The next packet, in order; undefined once the connection is closed and all is read. @throws ServerViolation */
  async next(): Promise<ReceivedPacket | undefined> {
    while (this.#received.length === 0 && !this.#isClosed && this.#violation === undefined)
      await once(this.#events, 'change')
    if (this.#violation !== undefined) throw this.#violation
    return this.#received.shift()
  }

  /** The first of what the server sent that MQTT forbids. */
  get violation(): Error | undefined {
    return this.#violation
  }

  /** What came and was not looked at. */
  unread(): ReceivedPacket[] {
    if (this.#violation !== undefined) throw this.#violation
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

  #receive(data: Buffer): void {
    try {
      for (const { frame, judged } of this.#judge.receive(data)) {
        const shown = show(frame, this.version)
        const { userProperties } = judged
        this.#received.push(userProperties.length > 0 ? { ...shown, userPropertyList: userProperties } : shown)
      }
    } catch (violation) {
      this.#violation ??= violation instanceof Error ? violation : new Error(String(violation))
    }
    this.#events.emit('change')
  }
}

/** A packet as mqtt-packet shows it. */
function show(frame: Buffer, protocolVersion: 4 | 5): Packet {
  const packets = parser({ protocolVersion })
  let shown: Packet | undefined
  packets.on('packet', (packet) => {
    shown = packet
  })
  packets.on('error', (error) => {
    throw error
  })
  packets.parse(frame)
  if (shown === undefined) throw new TypeError(`No packet: ${frame.toString('hex')}`)
  return shown
}
