import { FrameSplitter } from './frame-splitter.js'
import type { ClientPacket } from './packet.js'
import { readPacket } from './read-packet.js'

/** Parses a client's bytes packet by packet. The CONNECT determines the protocol version. */
export class PacketReader {
  readonly #splitter: FrameSplitter
  #frames: Buffer[] = []
  #version: 4 | 5 = 4

  /** @param maximumPacketSize maximum size of a packet in bytes */
  constructor(maximumPacketSize: number) {
    this.#splitter = new FrameSplitter(maximumPacketSize)
  }

  /** @throws PacketError if the bytes are not a valid packet, or the packet is too large */
  push(bytes: Buffer): void {
    const frames = this.#splitter.push(bytes)
    this.#frames = this.#frames.length === 0 ? frames : [...this.#frames, ...frames]
  }

  /** The next complete packet, if any. @throws PacketError */
  next(): ClientPacket | undefined {
    const frame = this.#frames.shift()
    if (frame === undefined) return undefined
    const packet = readPacket(frame, this.#version)
    if (packet.type === 'connect') this.#version = packet.protocolVersion === 5 ? 5 : 4
    return packet
  }
}
