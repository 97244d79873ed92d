import {
  type ClientPacket,
  CodecError,
  type ConnackPacket,
  type ConnectPacket,
  PacketSplitter,
  protocolError,
  readPacket,
  type ServerPacket,
  writePacket,
} from '../../mqtt5/index.js'
import { inHex } from '../../support/reason-codes.js'
import { answerDeadlineMs, connectOverdue, noAnswer, pingOverdue } from '../operations.js'
import type { TransportFailure } from '../transport.js'
import { KeepAlive } from './keep-alive.js'
import type { OpenSocket, Socket } from './socket.js'

/** AWS IoT's own packets have at most 146 KB. */
const maximumPacketBytes = 256 * 1024

/** The events of one connection. */
export interface ConnectionEvents {
  accepted(connack: ConnackPacket): void
  /** Any packet except CONNACK, PINGRESP and DISCONNECT, and only after `accepted`. */
  received(packet: ServerPacket): void
  /** The last event. Not emitted after `close`. */
  ended(failure: TransportFailure): void
}

export interface ConnectionOptions {
  /** Contains the session token: never log it. */
  readonly url: string
  readonly openSocket: OpenSocket
  readonly connect: ConnectPacket
  readonly timersLateMs: number
}

/**
 * One MQTT 5 connection, from opening the WebSocket to its end. It ends by itself if the broker violates the protocol, and sends the reason
 * to the broker; and if the broker is silent for ten seconds when a response is due.
 */
export class MqttConnection {
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #splitter = new PacketSplitter(maximumPacketBytes)
  readonly #socket: Socket
  readonly #deadline: ReturnType<typeof setTimeout>
  #keepAlive: KeepAlive | undefined
  #over = false

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    this.#deadline = setTimeout(() => this.end({ name: connectOverdue, message: noAnswer }), answerDeadlineMs)
    this.#socket = options.openSocket(options.url, {
      opened: () => this.#strictly(() => this.send(options.connect)),
      received: (bytes) => this.#strictly(() => this.#receive(bytes)),
      ended: (failure) => this.end(failure),
    })
  }

  /** @throws CodecError if the packet cannot be encoded */
  send(packet: ClientPacket): void {
    this.sendBytes(writePacket(packet))
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#over) this.#socket.send(bytes)
  }

  /** Checks whether the broker is alive. Ends the connection if nothing arrives in time. */
  probe(withinMs: number): void {
    this.#keepAlive?.probe(withinMs)
  }

  /** Ends the connection with a DISCONNECT. @param endSession whether the broker should delete the session as well */
  close(endSession: boolean): Promise<void> {
    if (this.#over) return Promise.resolve()
    const properties = endSession ? { sessionExpiryInterval: 0 } : {}
    if (this.#keepAlive !== undefined) this.send({ type: 'disconnect', reasonCode: 0, properties })
    return this.#finish()
  }

  /** Ends the connection and reports the reason. */
  end(failure: TransportFailure): void {
    if (this.#over) return
    void this.#finish()
    this.#events.ended(failure)
  }

  #finish(): Promise<void> {
    this.#over = true
    clearTimeout(this.#deadline)
    this.#keepAlive?.stop()
    return this.#socket.close()
  }

  #receive(bytes: Uint8Array): void {
    for (const raw of this.#splitter.push(bytes)) {
      this.#take(readPacket(raw))
      if (this.#over) return
    }
  }

  /** Ends the connection if a packet is not valid [MQTT-4.13.1-1]. */
  #strictly(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      const { code, reasonCode, message } = error
      if (this.#keepAlive !== undefined) this.send({ type: 'disconnect', reasonCode, properties: {} })
      this.end({ name: code.toUpperCase(), message: `invalid MQTT 5: ${message}` })
    }
  }

  #take(packet: ServerPacket): void {
    this.#keepAlive?.heard()
    switch (packet.type) {
      case 'connack':
        this.#acknowledged(packet)
        break
      case 'disconnect':
        this.end({ name: 'DISCONNECTED', message: reasonOf(packet), reasonCode: packet.reasonCode })
        break
      default:
        if (this.#keepAlive === undefined) throw protocolError('MQTT-3.2.0-1')
        if (packet.type !== 'pingresp') this.#events.received(packet)
    }
  }

  #acknowledged(packet: ConnackPacket): void {
    if (this.#keepAlive !== undefined) throw protocolError('MQTT-3.2.0-2')
    const { reasonCode, sessionPresent, properties } = packet
    if (reasonCode >= 0x80) {
      this.end({ name: 'CONNECT_REFUSED', message: reasonOf(packet), reasonCode })
      return
    }
    const { cleanStart, keepAliveSeconds } = this.#options.connect
    if (sessionPresent && cleanStart) {
      throw protocolError('MQTT-3.2.2-2')
    }
    clearTimeout(this.#deadline)
    this.#keepAlive = new KeepAlive({
      seconds: properties.serverKeepAlive ?? keepAliveSeconds,
      timersLateMs: this.#options.timersLateMs,
      ping: () => this.send({ type: 'pingreq' }),
      dead: () => this.end({ name: pingOverdue, message: 'no response to a ping' }),
    })
    this.#events.accepted(packet)
  }
}

function reasonOf({ reasonCode, properties }: Pick<ConnackPacket, 'properties' | 'reasonCode'>): string {
  const said = properties.reasonString === undefined ? '' : `: ${properties.reasonString}`
  return `reason code ${inHex(reasonCode)}${said}`
}
