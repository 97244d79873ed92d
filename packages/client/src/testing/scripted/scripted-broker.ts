import { generate, type Packet, parser } from 'mqtt-packet'
import type { OpenSocket, SocketEvents } from '../../connection/websocket/socket.js'

/** The broker's side of one connection, with the packets of mqtt-packet. It sends nothing by itself. */
export class BrokerSide {
  readonly url: string
  /** The packets that the client has sent over this connection. */
  readonly packets: Packet[] = []
  /** Ended by the client. */
  closed = false
  readonly #events: SocketEvents
  readonly #parser = parser({ protocolVersion: 5 })

  constructor(url: string, events: SocketEvents) {
    this.url = url
    this.#events = events
    this.#parser.on('packet', (packet) => this.packets.push(packet))
    this.#parser.on('error', (error) => {
      throw error
    })
  }

  /** Receives bytes of the client. */
  take(bytes: Uint8Array): void {
    if (this.closed) throw new Error('The client sent something over a connection that it has closed')
    this.#parser.parse(Buffer.from(bytes))
  }

  open(): void {
    if (!this.closed) this.#events.opened()
  }

  /** Opens, and accepts the CONNECT. */
  accept(properties: object = {}, sessionPresent = false): void {
    this.open()
    this.send({ cmd: 'connack', reasonCode: 0, sessionPresent, properties })
  }

  send(packet: object): void {
    this.bytes(new Uint8Array(generate(packet as Packet, { protocolVersion: 5 })))
  }

  bytes(bytes: Uint8Array): void {
    if (!this.closed) this.#events.received(bytes)
  }

  /** The network or the broker ends it. */
  cut(name = 'WEBSOCKET_CLOSED'): void {
    if (this.closed) return
    this.closed = true
    this.#events.ended({ name, message: 'closed with code 1006' })
  }

  /** `publish 1 a`, `puback 2`, `connect`: what was sent, in short. */
  said(): string[] {
    return this.packets.map((packet) => {
      const topic = packet.cmd === 'publish' ? `${packet.topic}${packet.dup ? ' again' : ''}` : undefined
      return [packet.cmd, packet.messageId, topic].filter((part) => part !== undefined && part !== 0).join(' ')
    })
  }

  sent<Cmd extends Packet['cmd']>(cmd: Cmd): Extract<Packet, { cmd: Cmd }>[] {
    return this.packets.filter((packet): packet is Extract<Packet, { cmd: Cmd }> => packet.cmd === cmd)
  }
}

/** A broker that only does what a test calls. */
export class ScriptedBroker {
  readonly connections: BrokerSide[] = []

  readonly openSocket: OpenSocket = (url, events) => {
    const side = new BrokerSide(url, events)
    this.connections.push(side)
    return {
      send: (bytes) => side.take(bytes),
      close: async () => {
        side.closed = true
      },
    }
  }

  /** The latest connection. */
  get last(): BrokerSide {
    const last = this.connections.at(-1)
    if (last === undefined) throw new Error('There was no attempt to connect')
    return last
  }
}
