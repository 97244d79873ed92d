import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { AccessKey } from '../../iam/index.js'
import { RateLimit } from '../../rate-limit.js'
import type { Requester } from '../access/authorization.js'
import { mayReceive } from '../access/delivery-rights.js'
import type { Agreement, Client, DisconnectReason, Ports } from '../broker/client.js'
import type { MqttSession } from '../broker/mqtt-session.js'
import type { PublishPacket, ServerPacket } from '../mqtt/packet.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import { TopicAliases } from '../mqtt/topic-aliases.js'
import { writePacket } from '../mqtt/write-packet.js'
import type { DataPlane } from '../rules/context.js'
import { ClientSocket } from './client-socket.js'
import { Inbound } from './inbound.js'
import type { Latency } from './latency.js'

/** A WebSocket that passed gate 1. */
export interface Handshake {
  readonly socket: WebSocket
  /** Its TLS socket. */
  readonly transport: Duplex
  readonly identity: AccessKey
  readonly sourceIp: string
  readonly ports: Ports
}

/** One WebSocket from the handshake to its end. */
export class MqttConnection implements Client {
  readonly identifier = randomUUID()
  /** Milliseconds since the epoch. */
  readonly openedAt: number
  readonly publishRate: RateLimit
  readonly ports: Ports
  readonly aliases = new TopicAliases()
  requester: Requester
  agreement: Agreement | undefined
  session: MqttSession | undefined
  ended: DisconnectReason | undefined
  readonly #plane: DataPlane
  readonly #socket: ClientSocket
  readonly #inbound: Inbound
  readonly #deliveryRate: RateLimit
  readonly #onEnd: (connection: MqttConnection) => void
  #lastHeard: number

  /** @param onEnd Called once, when the connection has ended and its session has been informed. */
  constructor(
    plane: DataPlane,
    latency: Latency,
    { socket, transport, identity, sourceIp, ports }: Handshake,
    onEnd: (connection: MqttConnection) => void,
  ) {
    this.#plane = plane
    this.#socket = new ClientSocket(socket, transport)
    this.#onEnd = onEnd
    this.requester = { identity, sourceIp }
    this.ports = ports
    this.openedAt = plane.clock.now()
    this.#lastHeard = this.openedAt
    this.publishRate = new RateLimit(plane.limits.publishesPerSecond)
    this.#deliveryRate = new RateLimit(plane.limits.publishesPerSecond)
    this.#inbound = new Inbound(plane, this)
    this.#socket.listen(
      (data, isBinary) => latency.pass(this, () => this.#receive(data, isBinary)),
      (code) => latency.pass(this, () => this.#socketClosed(code)),
    )
  }

  get clientId(): string {
    return this.agreement?.clientId ?? ''
  }

  get version(): 4 | 5 {
    return this.agreement?.version ?? 4
  }

  get isEstablished(): boolean {
    return this.session !== undefined && this.ended === undefined
  }

  get receiveMaximum(): number {
    return this.agreement?.receiveMaximum ?? 0
  }

  agree(agreement: Agreement): void {
    this.agreement = agreement
    this.requester = this.#plane.authorization.remembering({ ...this.requester, clientId: agreement.clientId })
  }

  establish(session: MqttSession): void {
    this.session = session
    this.#lastHeard = this.#plane.clock.now()
  }

  mayReceive(topic: string, share?: string): boolean {
    return mayReceive(this.#plane, this.requester, topic, share)
  }

  takesQos0(): boolean {
    return this.#socket.keepsUp && this.#deliveryRate.take(this.#plane.clock.now())
  }

  publish(packet: PublishPacket): boolean {
    return this.#write(packet)
  }

  /** A client that does not accept packets of this size [MQTT-3.1.2-24] cannot even be informed about it. */
  send(packet: ServerPacket): void {
    if (!this.#write(packet)) this.end('CLIENT_ERROR')
  }

  end(reason: DisconnectReason, code?: number, answer?: ServerPacket): void {
    if (this.ended !== undefined) return
    if (answer !== undefined) this.#write(answer)
    const isTold = code !== undefined && this.isEstablished && this.version === 5
    if (isTold) this.#write({ type: 'disconnect', reasonCode: code })
    this.#socket.hangUp()
    this.#finish(reason)
  }

  /** Destroys the socket: no DISCONNECT, no Close frame. */
  cut(): void {
    if (this.ended !== undefined) return
    this.#socket.cut()
    this.#finish('CONNECTION_LOST')
  }

  /** Applies the time limits at `now` (milliseconds). False if the connection has ended. */
  checkTime(now: number): boolean {
    const { limits, switches, authorization } = this.#plane
    if (this.session === undefined) {
      if (now - this.openedAt > limits.connectTimeoutSeconds * 1000) this.end('CLIENT_ERROR')
    } else if (now - this.#lastHeard > (this.agreement?.keepAliveSeconds ?? 0) * 1500) {
      this.end('MQTT_KEEP_ALIVE_TIMEOUT', reasonCodes.keepAliveTimeout)
    }
    if (now - this.openedAt > limits.webSocketSeconds * 1000) {
      this.end('WEBSOCKET_TTL_EXPIRATION', reasonCodes.administrativeAction)
    }
    if (switches.credentialExpiry === 'disconnect' && authorization.expired(this.requester.identity)) {
      this.end('AUTH_ERROR', reasonCodes.notAuthorized)
    }
    return this.ended === undefined
  }

  #write(packet: ServerPacket): boolean {
    const bytes = writePacket(packet, this.version)
    if (bytes.length > (this.agreement?.maximumPacketSize ?? Number.POSITIVE_INFINITY)) return false
    this.#socket.send(bytes)
    return true
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.ended !== undefined) return
    const now = this.#plane.clock.now()
    if (!isBinary) this.end('CLIENT_ERROR', reasonCodes.protocolError) // [MQTT-6.0.0-1]
    if (!this.checkTime(now)) return
    this.#lastHeard = now
    this.#inbound.receive(data)
  }

  #socketClosed(code: number): void {
    if (this.ended !== undefined) return
    // A Close frame is a deliberate end, so the last will is not published; 1006 means that there was none.
    const left = code !== 1006
    if (left) this.#plane.sessions.forgetWill(this)
    this.#socket.hangUp()
    this.#finish(left ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST')
  }

  #finish(reason: DisconnectReason): void {
    this.ended = reason
    if (this.session !== undefined) {
      this.#plane.recorder.ok('Disconnect', this.requester, { reason })
      this.#plane.sessions.closed(this)
    }
    this.#onEnd(this)
  }
}
