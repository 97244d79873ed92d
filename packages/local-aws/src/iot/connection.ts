import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { generate, type Packet } from 'mqtt-packet'
import type { WebSocket } from 'ws'
import type { AccessKey } from '../iam/index.js'
import type { Caller } from './authorization.js'
import { BrokerStream, type StreamOwner } from './broker-stream.js'
import { ClientSocket } from './client-socket.js'
import { type Agreement, judgeConnect } from './connect.js'
import { FrameError } from './frames.js'
import { Handover } from './handover.js'
import { RateLimit } from './limits.js'
import { Outbound } from './outbound.js'
import { judgePacket } from './packet.js'
import { MalformedPacketError, PacketReader, type ReceivedPacket } from './packet-reader.js'
import type { Plane } from './plane.js'
import { TopicAliases } from './topic-aliases.js'
import { type DisconnectReason, REASON, type Verdict } from './verdict.js'

/** A WebSocket that gate 1 let through. */
export interface Handshake {
  readonly socket: WebSocket
  /** The TLS socket under it. */
  readonly transport: Duplex
  readonly identity: AccessKey
  readonly sourceIp: string
}

/**
 * One WebSocket, between its client and the broker. Every packet from the client is judged here first, and the broker
 * sees only what passed.
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
  readonly #reader: PacketReader
  /** True from CONNECT to CONNACK: nothing that follows is looked at before the broker has accepted. */
  #held = false
  #established = false
  #ending: DisconnectReason | undefined
  #lastHeard: number

  constructor(plane: Plane, { socket, transport, identity, sourceIp }: Handshake) {
    this.#plane = plane
    this.#socket = new ClientSocket(socket, transport)
    this.identity = identity
    this.sourceIp = sourceIp
    this.caller = { identity, sourceIp }
    this.openedAt = plane.clock.now()
    this.#lastHeard = this.openedAt
    this.publishes = new RateLimit(plane.limits.publishesPerSecond)
    this.outbound = new Outbound(plane, this)
    this.#reader = new PacketReader(plane.limits.packetBytes)
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
    this.caller = { identity: this.identity, sourceIp: this.sourceIp, clientId: agreement.clientId }
    this.outbound.agree(agreement)
  }

  /** The broker accepted: CONNACK goes out now. */
  establish(): void {
    this.#established = true
    this.#lastHeard = this.#plane.clock.now()
    setImmediate(() => this.#hold(false))
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

  toBroker(frame: Buffer): void {
    if (!this.stream.push(frame)) this.#socket.pause()
  }

  fromBroker(frames: Buffer[], done: () => void): void {
    try {
      const passed = frames.flatMap((frame) => this.outbound.pass(frame) ?? [])
      if (passed.length > 0) this.send(passed.length === 1 ? (passed[0] as Buffer) : Buffer.concat(passed))
    } catch (error) {
      this.#broken(error as Error)
    }
    this.#socket.whenReady(done)
  }

  brokerReads(): void {
    if (!this.#held) this.#socket.resume()
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
    try {
      this.#reader.push(data)
      this.#drain()
    } catch (error) {
      this.#broken(error as Error)
    }
  }

  /** Judges what came, in order, until a verdict or the CONNACK is outstanding. @throws MalformedPacketError */
  #drain(): void {
    while (!this.#held && this.#ending === undefined) {
      const received = this.#reader.next()
      if (received === undefined) return
      if (this.agreement === undefined) this.#connect(received)
      else this.#carryOut(judgePacket(this.#plane, this, received.packet), received.frame)
    }
  }

  /** [MQTT-3.1.0-1]: the first packet is a CONNECT. */
  #connect({ packet, frame }: ReceivedPacket): void {
    if (packet.cmd !== 'connect') {
      this.end('CLIENT_ERROR')
      return
    }
    this.#hold(true)
    judgeConnect(this.#plane, this, packet)
      .then((verdict) => {
        if (verdict.kind === 'forward') this.#plane.broker.attach(this)
        this.#carryOut(verdict, frame)
      })
      .catch((error: Error) => this.#broken(error))
  }

  #hold(held: boolean): void {
    this.#held = held
    if (held) {
      this.#socket.pause()
      return
    }
    this.#socket.resume()
    try {
      this.#drain()
    } catch (error) {
      this.#broken(error as Error)
    }
  }

  #carryOut(verdict: Verdict, frame: Buffer): void {
    if (verdict.kind === 'answer') this.sendPacket(verdict.packet)
    else if (verdict.kind === 'end') this.end(verdict.reason, verdict.code, verdict.answer)
    else if (verdict.kind === 'forward')
      this.toBroker(verdict.packet === undefined ? frame : this.encode(verdict.packet))
  }

  /** What the client sent cannot be read; or, for any other error, it is the stand-in that cannot go on with this client. */
  #broken(error: Error): void {
    const { record, switches } = this.#plane
    if (error instanceof FrameError && error.kind === 'too-large') {
      record.refused('Malformed', this.caller, error.message)
      const named = switches.oversizedV5 === 'disconnect-0x95'
      this.end('CLIENT_ERROR', named ? REASON.packetTooLarge : REASON.quotaExceeded)
    } else if (error instanceof FrameError || error instanceof MalformedPacketError) {
      record.refused('Malformed', this.caller, error.message)
      this.end('CLIENT_ERROR', REASON.malformed)
    } else {
      record.failed(this.caller, error)
      this.end('SERVER_ERROR', REASON.unspecified)
    }
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
