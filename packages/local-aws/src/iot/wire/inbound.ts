import type { Client } from '../broker/client.js'
import { PacketError } from '../mqtt/errors.js'
import { PacketReader } from '../mqtt/packet-reader.js'
import { reasonCodes } from '../mqtt/reason-codes.js'
import type { DataPlane } from '../rules/context.js'
import { judgePacket } from '../rules/judge-packet.js'
import type { Verdict } from '../rules/verdict.js'

/** The packets of one client: processed in order, one at a time. */
export class Inbound {
  readonly #plane: DataPlane
  readonly #client: Client
  readonly #reader: PacketReader

  constructor(plane: DataPlane, client: Client) {
    this.#plane = plane
    this.#client = client
    this.#reader = new PacketReader(plane.limits.packetBytes)
  }

  receive(data: Buffer): void {
    try {
      this.#reader.push(data)
      while (this.#client.ended === undefined) {
        const packet = this.#reader.next()
        if (packet === undefined) return
        this.#carryOut(judgePacket(this.#plane, this.#client, packet))
      }
    } catch (error) {
      if (error instanceof PacketError) {
        this.#unreadable(error)
      } else {
        this.#failed(error)
      }
    }
  }

  #carryOut(verdict: Verdict): void {
    if (verdict.kind === 'answer') {
      this.#client.send(verdict.packet)
    } else if (verdict.kind === 'end') {
      this.#client.end(verdict.reason, verdict.code, verdict.answer)
    }
  }

  #unreadable(error: PacketError): void {
    const { recorder, switches } = this.#plane
    recorder.refused('Malformed', this.#client.requester, error.message)
    const unnamed = error.code === 'packet_too_large' && switches.oversizedV5 === 'disconnect-0x97'
    this.#client.end('CLIENT_ERROR', unnamed ? reasonCodes.quotaExceeded : error.reasonCode)
  }

  /** Ends the connection after an internal error. */
  #failed(error: unknown): void {
    this.#plane.recorder.failed(this.#client.requester, error instanceof Error ? error : new Error(String(error)))
    this.#client.end('SERVER_ERROR', reasonCodes.unspecified)
  }
}
