import {
  type ClientPacket,
  CodecError,
  type ConnackPacket,
  type ConnectPacket,
  PacketSplitter,
  readPacket,
  type ServerPacket,
  writePacket,
} from '../../mqtt5/index.js'
import { connectOverdue } from '../operations.js'
import type { TransportFailure } from '../transport.js'
import { KeepAlive } from './keep-alive.js'
import type { OpenSocket, Socket } from './socket.js'

/** From opening the socket until the broker's CONNACK. */
const connectDeadlineMs = 10_000
/** AWS IoT's own packets have at most 146 KB. */
const maximumPacketBytes = 256 * 1024

/** What happens to one connection. */
export interface ConnectionEvents {
  /** CONNECT has gone out: what AWS counts. */
  connectSent(): void
  accepted(connack: ConnackPacket): void
  /** Anything but CONNACK, PINGRESP and DISCONNECT, and only after `accepted`. */
  received(packet: ServerPacket): void
  /** The last event. Not after `close`. */
  ended(failure: TransportFailure): void
}

export interface ConnectionOptions {
  /** Holds the session token: not for logs. */
  readonly url: string
  readonly openSocket: OpenSocket
  readonly connect: ConnectPacket
  readonly timersLateMs: number
}

/**
 * One connection over MQTT 5, from the WebSocket's first byte to its last. Ends by itself at anything that the broker must not do, and
 * tells it why; and after ten seconds in which it should have said something.
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
    this.#deadline = setTimeout(
      () => this.end({ name: connectOverdue, message: `no answer within ${connectDeadlineMs / 1000} s` }),
      connectDeadlineMs,
    )
    this.#socket = options.openSocket(options.url, {
      opened: () => this.#connect(),
      received: (bytes) => this.#receive(bytes),
      ended: (failure) => this.end(failure),
    })
  }

  /** @throws CodecError for what cannot be sent */
  send(packet: ClientPacket): void {
    this.sendBytes(writePacket(packet))
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#over) this.#socket.send(bytes)
  }

  /** Asks whether the broker is still there. The connection ends if nothing comes in time. */
  probe(withinMs: number): void {
    this.#keepAlive?.probe(withinMs)
  }

  /** Ends the connection with a DISCONNECT. @param endSession whether the broker shall forget the session, too */
  close(endSession: boolean): Promise<void> {
    if (this.#over) return Promise.resolve()
    const properties = endSession ? { sessionExpiryInterval: 0 } : {}
    if (this.#keepAlive !== undefined) this.send({ type: 'disconnect', reasonCode: 0, properties })
    return this.#finish()
  }

  /** Ends the connection for a reason that is told. */
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

  #connect(): void {
    try {
      this.send(this.#options.connect)
      this.#events.connectSent()
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.end({ name: 'CONNECT_UNWRITABLE', message: error.message })
    }
  }

  #receive(bytes: Uint8Array): void {
    try {
      for (const raw of this.#splitter.push(bytes)) {
        this.#take(readPacket(raw))
        if (this.#over) return
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.#refuse(error)
    }
  }

  /** [MQTT-4.13.1-1] */
  #refuse(error: CodecError): void {
    if (this.#keepAlive !== undefined) this.send({ type: 'disconnect', reasonCode: error.reasonCode, properties: {} })
    this.end({ name: error.code.toUpperCase(), message: `the broker sent what is not MQTT 5: ${error.message}` })
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
        if (this.#keepAlive === undefined) throw new CodecError('protocol_error', `${packet.type} before connack`)
        if (packet.type !== 'pingresp') this.#events.received(packet)
    }
  }

  #acknowledged(packet: ConnackPacket): void {
    if (this.#keepAlive !== undefined) throw new CodecError('protocol_error', 'a second connack')
    const { reasonCode, sessionPresent, properties } = packet
    if (reasonCode >= 0x80) {
      this.end({ name: 'CONNECT_REFUSED', message: reasonOf(packet), reasonCode })
      return
    }
    const { cleanStart, keepAliveSeconds } = this.#options.connect
    if (sessionPresent && cleanStart) {
      throw new CodecError('protocol_error', 'a session, though a new one was asked for')
    }
    clearTimeout(this.#deadline)
    this.#keepAlive = new KeepAlive({
      seconds: properties.serverKeepAlive ?? keepAliveSeconds,
      timersLateMs: this.#options.timersLateMs,
      ping: () => this.send({ type: 'pingreq' }),
      dead: () => this.end({ name: 'PING_OVERDUE', message: 'the broker does not answer any more' }),
    })
    this.#events.accepted(packet)
  }
}

function reasonOf({ reasonCode, properties }: Pick<ConnackPacket, 'properties' | 'reasonCode'>): string {
  const said = properties.reasonString === undefined ? '' : `: ${properties.reasonString}`
  return `reason code 0x${reasonCode.toString(16).padStart(2, '0')}${said}`
}
