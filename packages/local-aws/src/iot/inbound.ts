import type { Packet } from 'mqtt-packet'
import { judgeConnect } from './connect.js'
import type { MqttConnection } from './connection.js'
import { FrameError } from './frames.js'
import { judgePacket } from './packet.js'
import { MalformedPacketError, PacketReader } from './packet-reader.js'
import type { Plane } from './plane.js'
import { REASON, type Verdict } from './verdict.js'

/** One client's packets on their way to the broker: every one is judged first, in order, and the broker sees only what passed. */
export class Inbound {
  /** True from CONNECT to CONNACK: nothing that follows is looked at before the broker has accepted. */
  held = false
  readonly #plane: Plane
  readonly #connection: MqttConnection
  readonly #reader: PacketReader

  constructor(plane: Plane, connection: MqttConnection) {
    this.#plane = plane
    this.#connection = connection
    this.#reader = new PacketReader(plane.limits.packetBytes)
  }

  receive(data: Buffer): void {
    try {
      this.#reader.push(data)
      this.#drain()
    } catch (error) {
      this.#broken(error as Error)
    }
  }

  /** Goes on with what came while it was held. */
  release(): void {
    this.held = false
    this.#connection.read(true)
    try {
      this.#drain()
    } catch (error) {
      this.#broken(error as Error)
    }
  }

  /** Judges what came, in order, until a verdict or the CONNACK is outstanding. @throws MalformedPacketError */
  #drain(): void {
    const connection = this.#connection
    while (!this.held && connection.ended === undefined) {
      const packet = this.#reader.next()
      if (packet === undefined) return
      if (connection.agreement === undefined) this.#connect(packet)
      else this.#carryOut(judgePacket(this.#plane, connection, packet), packet)
    }
  }

  /** [MQTT-3.1.0-1]: the first packet is a CONNECT. */
  #connect(packet: Packet): void {
    const connection = this.#connection
    if (packet.cmd !== 'connect') {
      connection.end('CLIENT_ERROR')
      return
    }
    this.held = true
    connection.read(false)
    judgeConnect(this.#plane, connection, packet)
      .then((verdict) => {
        if (verdict.kind === 'forward') this.#plane.broker.attach(connection)
        this.#carryOut(verdict, packet)
      })
      .catch((error: Error) => this.#broken(error))
  }

  #carryOut(verdict: Verdict, packet: Packet): void {
    const connection = this.#connection
    if (verdict.kind === 'answer') connection.sendPacket(verdict.packet)
    else if (verdict.kind === 'end') connection.end(verdict.reason, verdict.code, verdict.answer)
    else if (verdict.kind === 'forward') connection.toBroker(verdict.packet ?? packet)
  }

  /** What the client sent cannot be read; or, for any other error, it is the stand-in that cannot go on with this client. */
  #broken(error: Error): void {
    const { record, switches } = this.#plane
    const connection = this.#connection
    if (!(error instanceof FrameError || error instanceof MalformedPacketError)) {
      connection.failed(error)
      return
    }
    record.refused('Malformed', connection.caller, error.message)
    const tooLarge = error instanceof FrameError && error.kind === 'too-large'
    const named = switches.oversizedV5 === 'disconnect-0x95'
    const code = tooLarge ? (named ? REASON.packetTooLarge : REASON.quotaExceeded) : REASON.malformed
    connection.end('CLIENT_ERROR', code)
  }
}
