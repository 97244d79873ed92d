import { FrameSplitter } from './frame-splitter.js'
import type { ClientPacket } from './packet.js'
import { readPacket } from './read-packet.js'

/** Reads a client's bytes, one control packet at a time. The protocol version follows from the CONNECT that it reads. */
export class PacketReader {
  readonly #splitter: FrameSplitter
  #frames: Buffer[] = []
  #version: 4 | 5 = 4

  /** @param maximumPacketSize Bytes of the largest packet. */
  constructor(maximumPacketSize: number) {
    this.#splitter = new FrameSplitter(maximumPacketSize)
  }

  /** @throws PacketError when what comes is no packet, or too large a one */
  push(bytes: Buffer): void {
    const frames = this.#splitter.push(bytes)
    this.#frames = this.#frames.length === 0 ? frames : [...this.#frames, ...frames]
  }

  /** The next whole packet, if there is one. @throws PacketError */
  next(): ClientPacket | undefined {
    const frame = this.#frames.shift()
    if (frame === undefined) return undefined
    const packet = readPacket(frame, this.#version)
    if (packet.type === 'connect') this.#version = packet.protocolVersion === 5 ? 5 : 4
    return packet
  }
}
