import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { generate, type Packet } from 'mqtt-packet'
import type { WebSocket } from 'ws'
import type { AccessKey } from '../iam/index.js'
import type { Caller } from './authorization.js'
import { BrokerStream, type StreamOwner } from './broker-stream.js'
import { ClientSocket } from './client-socket.js'
import type { Agreement } from './connect.js'
import { Handover } from './handover.js'
import { Inbound } from './inbound.js'
import { RateLimit } from './limits.js'
import { Outbound } from './outbound.js'
import type { Plane } from './plane.js'
import { TopicAliases } from './topic-aliases.js'
import { type DisconnectReason, REASON } from './verdict.js'

/** A WebSocket that gate 1 let through. */
export interface Handshake {
  readonly socket: WebSocket
  /** The TLS socket under it. */
  readonly transport: Duplex
  readonly identity: AccessKey
  readonly sourceIp: string
}

/**
 * One WebSocket, between its client and the broker: who it is, from the handshake to its end. What the client sends goes
 * through `Inbound`, what the broker sends through `Outbound`.
 */
export class MqttConnection implements StreamOwner {
  readonly identity: AccessKey
  readonly sourceIp: string
  /** `sessionIdentifier` of lifecycle events. */
  readonly identifier = randomUUID()
  readonly openedAt: number
  readonly publishes: RateLimit
  readonly aliases = new TopicAliases()
  readonly outbound: Outbound
  readonly handover = new Handover()
  readonly stream: BrokerStream<MqttConnection> = new BrokerStream<MqttConnection>(this)
  /** The session's subscriptions with their granted QoS, as the client wrote them. */
  filters = new Map<string, number>()
  versionNumber = 0
  /** Whether this connection goes on with a session that was there. */
  resumed = false
  /** Who this is to IAM. */
  caller: Caller
  /** Undefined until a CONNECT came. */
  agreement: Agreement | undefined

  readonly #plane: Plane
  readonly #socket: ClientSocket
  readonly #inbound: Inbound
  #established = false
  #ending: DisconnectReason | undefined
  #lastHeard: number

  constructor(plane: Plane, { socket, transport, identity, sourceIp }: Handshake) {
    this.#plane = plane
    this.#socket = new ClientSocket(socket, transport, plane.outbox)
    this.identity = identity
    this.sourceIp = sourceIp
    this.caller = { identity, sourceIp }
    this.openedAt = plane.clock.now()
    this.#lastHeard = this.openedAt
    this.publishes = new RateLimit(plane.limits.publishesPerSecond)
    this.outbound = new Outbound(plane, this)
    this.#inbound = new Inbound(plane, this)
    this.stream.on('error', () => undefined)
    this.#socket.listen(
      (data, isBinary) => plane.latency.pass(this, () => this.#receive(data, isBinary)),
      (code) => plane.latency.pass(this, () => this.#socketClosed(code)),
    )
  }

  get clientId(): string {
    return this.agreement?.clientId ?? ''
  }

  get version(): 4 | 5 {
    return this.agreement?.version ?? 4
  }

  /** True from CONNACK to the end. */
  get established(): boolean {
    return this.#established && this.#ending === undefined
  }

  /** True once CONNACK was sent, and ever after. */
  get wasEstablished(): boolean {
    return this.#established
  }

  /** Why it ended, once it has. */
  get ended(): DisconnectReason | undefined {
    return this.#ending
  }

  /** What CONNECT asks for, even if it is refused afterwards. */
  agree(agreement: Agreement): void {
    this.agreement = agreement
    const { identity, sourceIp } = this
    this.caller = this.#plane.authorization.remembering({ identity, sourceIp, clientId: agreement.clientId })
    this.outbound.agree(agreement)
  }

  /** The broker accepted: CONNACK goes out now. */
  establish(): void {
    this.#established = true
    this.#lastHeard = this.#plane.clock.now()
    setImmediate(() => this.#inbound.release())
  }

  /** The client sent DISCONNECT: the broker closes, we remember why. */
  clientLeaves(): void {
    this.#ending ??= 'CLIENT_INITIATED_DISCONNECT'
  }

  /** Another connection takes this client ID: the broker tells this one (0x8E) and closes it. */
  takenOver(): void {
    this.#ending ??= 'DUPLICATE_CLIENTID'
  }

  /** Ends the connection. MQTT 5 clients are told `code` by DISCONNECT, or by the CONNACK that refuses them. */
  end(reason: DisconnectReason, code?: number, answer?: Packet): void {
    if (this.#ending !== undefined) return
    if (answer !== undefined) this.sendPacket(answer)
    if (code !== undefined && this.#established && this.version === 5)
      this.sendPacket({ cmd: 'disconnect', reasonCode: code })
    this.#ending = reason
    this.stream.destroy()
  }

  /** Pulls the plug: no DISCONNECT, no Close frame. */
  cut(): void {
    this.#ending ??= 'CONNECTION_LOST'
    this.#socket.cut()
    this.stream.destroy()
  }

  /** Ends what ran out of time. False when it has ended. */
  checkTime(now: number): boolean {
    const { limits, switches, authorization } = this.#plane
    if (!this.#established) {
      if (now - this.openedAt > limits.connectTimeoutSeconds * 1000) this.end('CLIENT_ERROR')
    } else if (now - this.#lastHeard > (this.agreement?.keepAliveSeconds ?? 0) * 1500)
      this.end('MQTT_KEEP_ALIVE_TIMEOUT', REASON.keepAliveTimeout)
    if (switches.credentialExpiry === 'disconnect' && authorization.expired(this.identity))
      this.end('AUTH_ERROR', REASON.notAuthorized)
    return this.#ending === undefined
  }

  encode(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.version })
  }

  sendPacket(packet: Packet): void {
    this.send(this.encode(packet))
  }

  send(bytes: Buffer): void {
    this.#socket.send(bytes)
  }

  toBroker(packet: Packet): void {
    if (!this.stream.give(packet)) this.#socket.pause()
  }

  fromBroker(frames: Buffer[]): void {
    try {
      for (const frame of frames) {
        const passed = this.outbound.pass(frame)
        if (passed !== undefined) this.send(passed)
      }
    } catch (error) {
      this.failed(error as Error)
    }
  }

  /** Whether the client takes what it is sent. */
  get keepsUp(): boolean {
    return this.#socket.keepsUp
  }

  brokerReads(): void {
    if (!this.#inbound.held) this.#socket.resume()
  }

  /** Stops and starts what the client sends. */
  read(reads: boolean): void {
    if (reads) this.#socket.resume()
    else this.#socket.pause()
  }

  /** The stand-in cannot go on with this client. */
  failed(error: Error): void {
    this.#plane.record.failed(this.caller, error)
    this.end('SERVER_ERROR', REASON.unspecified)
  }

  streamClosed(error: Error | null): void {
    if (error !== null && this.#ending === undefined) this.#plane.record.failed(this.caller, error)
    this.#ending ??= error === null ? 'SERVER_INITIATED_DISCONNECT' : 'SERVER_ERROR'
    this.#socket.hangUp()
    this.#plane.sessions.closed(this)
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#ending !== undefined) return
    const now = this.#plane.clock.now()
    if (!isBinary) this.end('CLIENT_ERROR', REASON.protocolError) // [MQTT-6.0.0-1]
    if (now - this.openedAt > this.#plane.limits.webSocketSeconds * 1000)
      this.end('WEBSOCKET_TTL_EXPIRATION', REASON.administrativeAction)
    if (!this.checkTime(now)) return
    this.#lastHeard = now
    this.#inbound.receive(data)
  }

  #socketClosed(code: number): void {
    if (this.#ending === undefined) {
      // A Close frame is the client's own decision, so its last will is not sent; 1006 means that none came.
      this.#ending = code === 1006 ? 'CONNECTION_LOST' : 'CLIENT_INITIATED_DISCONNECT'
      if (code !== 1006) this.#plane.broker.forgetWill(this)
    }
    this.stream.destroy()
  }
}

/** The connection behind a client of the broker's. */
export const connectionOf = (client: { conn?: unknown } | null): MqttConnection | undefined =>
  client?.conn instanceof BrokerStream ? (client.conn as BrokerStream<MqttConnection>).owner : undefined
