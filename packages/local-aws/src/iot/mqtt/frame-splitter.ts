import { PacketError } from './errors.js'

const nothing: Buffer = Buffer.alloc(0)

/**
 * Cuts a byte stream into MQTT control packets by their fixed headers (§2.1): one byte of type and flags, then the
 * remaining length as a variable byte integer of one to four bytes. A packet over the limit is refused on its header,
 * before its body is taken in.
 */
export class FrameSplitter {
  readonly #maximum: number
  #rest = nothing

  /** @param maximum Bytes of the largest packet, header included. */
  constructor(maximum: number = Number.POSITIVE_INFINITY) {
    this.#maximum = maximum
  }

  /** The packets that `bytes` completes. @throws PacketError */
  push(bytes: Buffer): Buffer[] {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Buffer[] = []
    for (let size = this.#frameSize(rest); size !== undefined && size <= rest.length; size = this.#frameSize(rest)) {
      // Nearly always one packet comes at a time, and then it needs no view of its own.
      frames.push(size === rest.length ? rest : rest.subarray(0, size))
      rest = size === rest.length ? nothing : rest.subarray(size)
    }
    this.#rest = rest
    return frames
  }

  #frameSize(bytes: Buffer): number | undefined {
    let remaining = 0
    for (let index = 1; index <= 4; index += 1) {
      const byte = bytes[index]
      if (byte === undefined) return undefined
      remaining += (byte & 0x7f) * 128 ** (index - 1)
      if (byte >= 0x80) continue
      const size = 1 + index + remaining
      if (size <= this.#maximum) return size
      throw new PacketError('packet_too_large', `a packet of ${size} bytes came and ${this.#maximum} are allowed`, size)
    }
    throw new PacketError('malformed_packet', 'the remaining length of a packet has more than four bytes (§1.5.5)')
  }
}
