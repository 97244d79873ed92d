import type { ConnackPacket, ConnectPacket, ServerPacket } from '../../mqtt5/index.js'
import { Emitter } from '../../support/emitter.js'
import { rare } from '../../support/rare.js'
import type { ReasonCode } from '../../support/reason-codes.js'
import { withMessageId } from '../message-properties.js'
import { answerOverdue, noAnswer } from '../operations.js'
import type {
  OutgoingMessage,
  QoS,
  Transport,
  TransportEvents,
  TransportFailure,
  TransportOptions,
} from '../transport.js'
import { MqttConnection } from './mqtt-connection.js'
import { Outbox } from './outbox.js'
import { receivedPacket, unwritable } from './publish-packet.js'
import type { OpenSocket } from './socket.js'

/** How long the broker keeps the session of a broken connection, in seconds: AWS's default maximum. */
const sessionExpirySeconds = 3_600
/** Upper bound of the delay after a stable connection has broken: enough that a fleet does not reconnect in the same instant. */
const firstReconnectMs = 20
/** Upper bound of the delay for connections that keep breaking soon after they are established. */
const maxReconnectMs = 60_000
/** A connection that lasted this many connect intervals counts as stable: the delays start small again. */
const goodConnectionIntervals = 5
/** Maximum time for the broker's response to a liveness check. */
const probeMs = 1_000

/** Options of the transport. */
export interface WebSocketTransportOptions
  extends Pick<TransportOptions, 'clientId' | 'connectIntervalMs' | 'keepAliveSeconds' | 'resume' | 'will'> {
  /** The signed URL of the next attempt; resolves when the attempt may be made. */
  readonly address: () => Promise<string>
  readonly openSocket: OpenSocket
  /** Maximum delay of timers, in milliseconds. */
  readonly timersLateMs?: number
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/**
 * MQTT 5 over the platform's WebSocket: the same in browsers and in Node, without the device SDK.
 *
 * After an established connection has ended, it makes one attempt to reconnect. A failed attempt is reported, and `start` makes the next
 * one.
 */
export class WebSocketTransport extends Emitter<TransportEvents> implements Transport {
  readonly hidesAnswers = false
  readonly #options: WebSocketTransportOptions
  readonly #outbox = new Outbox()
  #connection: MqttConnection | undefined
  /** When the current connection was accepted; undefined while there is none. */
  #acceptedAt: number | undefined
  /** Number of the current attempt; events of earlier ones are ignored. */
  #attempt = 0
  #trying = false
  #pause: ReturnType<typeof setTimeout> | undefined
  /** Number of consecutive connections that broke soon. */
  #breaks = 0
  /** Whether the broker may have our session. */
  #established = false
  #stopped = false
  #suspended = false

  constructor(options: WebSocketTransportOptions) {
    super()
    this.#options = options
  }

  start(): void {
    if (this.#stopped || this.#suspended || this.#trying || this.#connection !== undefined) return
    clearTimeout(this.#pause)
    this.#trying = true
    this.#attempt += 1
    const attempt = this.#attempt
    this.emit('connecting')
    this.#options.address().then(
      (url) => {
        if (attempt === this.#attempt) this.#connect(url)
      },
      (error: unknown) => {
        if (attempt === this.#attempt) this.#ended({ name: 'NO_ADDRESS', message: String(error) })
      },
    )
  }

  subscribe(filter: string, qos: QoS): Promise<ReasonCode> {
    const subscriptions = [{ filter, qos }]
    return this.#outbox.add({ type: 'subscribe', packet: (id) => ({ type: 'subscribe', id, subscriptions }) })
  }

  unsubscribe(filter: string): Promise<ReasonCode> {
    return this.#outbox.add({ type: 'unsubscribe', packet: (id) => ({ type: 'unsubscribe', id, filters: [filter] }) })
  }

  async publish(message: OutgoingMessage): Promise<ReasonCode> {
    if (this.#stopped) throw stopped()
    const { topic, payload, qos, retain, properties = {} } = message
    const packet = { type: 'publish', topic, payload, qos, retain, duplicate: false, id: 0, properties } as const
    const fault = unwritable(packet)
    if (fault !== undefined) throw (await rare()).unsendable(fault)
    if (qos === 0) {
      if (this.#acceptedAt === undefined) throw new Error('there is no connection')
      this.#connection?.send(packet)
      return 0
    }
    const identified = { ...properties, userProperties: withMessageId(properties) }
    return this.#outbox.add({
      type: 'publish',
      packet: (id, duplicate) => ({ ...packet, id, duplicate, properties: identified }),
    })
  }

  async reconnect(): Promise<void> {
    // With a DISCONNECT, so that the last will is only published for lost connections.
    void this.#leave(false)
    this.emit('interrupted', { name: 'RECONNECT', message: 'new credentials' })
    this.start()
  }

  wake(): void {
    if (this.#acceptedAt !== undefined) {
      this.#connection?.probe(probeMs)
    } else if (this.#pause !== undefined || this.#suspended) {
      this.#suspended = false
      this.start()
    }
  }

  suspend(): void {
    if (this.#stopped || this.#suspended) return
    this.#suspended = true
    void this.#leave(false)
    this.emit('interrupted', { name: 'SUSPENDED', message: 'the page is suspended' })
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.removeAllListeners()
    clearTimeout(this.#pause)
    // Also ends the broker's session unless it is to be resumed, so that the broker does not keep queueing messages.
    const left = this.#leave(!this.#options.resume)
    this.#outbox.abandon(stopped())
    await left
  }

  /** Ends the current connection or attempt from this side, without an event. */
  #leave(endSession: boolean): Promise<void> {
    const connection = this.#connection
    this.#idle()
    this.#attempt += 1
    this.#outbox.closed(undefined)
    return connection === undefined ? Promise.resolve() : connection.close(endSession)
  }

  #idle(): void {
    clearTimeout(this.#pause)
    this.#pause = undefined
    this.#connection = undefined
    this.#acceptedAt = undefined
    this.#trying = false
  }

  #connect(url: string): void {
    const { clientId, keepAliveSeconds, will, openSocket, timersLateMs = 0 } = this.#options
    const connect: ConnectPacket = {
      type: 'connect',
      clientId,
      cleanStart: !this.#established && !this.#options.resume,
      keepAliveSeconds,
      will,
      properties: { sessionExpiryInterval: sessionExpirySeconds },
    }
    const attempt = this.#attempt
    this.#connection = new MqttConnection(
      { url, openSocket, connect, timersLateMs },
      {
        accepted: (connack) => this.#accepted(connack),
        received: (packet) => this.#received(packet),
        ended: (failure) => {
          if (attempt === this.#attempt) this.#ended(failure)
        },
      },
    )
  }

  #accepted({ sessionPresent, properties }: ConnackPacket): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#trying = false
    this.#established = true
    this.#acceptedAt = Date.now()
    this.emit('connected', { sessionPresent })
    const overdue = () => connection.end({ name: answerOverdue, message: noAnswer })
    // A listener may have ended it already.
    if (this.#connection !== connection) return
    this.#outbox.opened({ send: (bytes) => connection.sendBytes(bytes), overdue, limits: properties }, sessionPresent)
  }

  #received(packet: ServerPacket): void {
    if (packet.type !== 'publish') {
      this.#outbox.answered(packet)
      return
    }
    const received = receivedPacket(packet)
    // Not in the socket's callback: an exception in a listener must not prevent the next packet from being read.
    queueMicrotask(() => this.emit('message', received))
    if (packet.qos === 1) this.#connection?.send({ type: 'puback', id: packet.id, reasonCode: 0, properties: {} })
  }

  #ended(failure: TransportFailure): void {
    const acceptedAt = this.#acceptedAt
    this.#idle()
    this.#outbox.closed(failure)
    if (acceptedAt === undefined) {
      this.emit('failed', failure)
    } else {
      this.#comeBack(Date.now() - acceptedAt)
      this.emit('interrupted', failure)
    }
  }

  #comeBack(stoodMs: number): void {
    const { connectIntervalMs, random = Math.random } = this.#options
    this.#breaks = stoodMs >= goodConnectionIntervals * connectIntervalMs ? 0 : this.#breaks + 1
    const bound = Math.min(maxReconnectMs, firstReconnectMs * 2 ** this.#breaks)
    this.#pause = setTimeout(() => this.start(), random() * bound)
  }
}

function stopped(): Error {
  return new Error('The transport is stopped')
}
