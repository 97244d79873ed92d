import { PacketError } from './errors.js'

const nothing: Buffer = Buffer.alloc(0)

/**
 * Splits a byte stream into MQTT control packets by their fixed headers (§2.1): one byte of type and flags, then the remaining length as a
 * variable byte integer of one to four bytes. A packet over the limit is refused at its header, before its body is read.
 */
export class FrameSplitter {
  readonly #maximum: number
  #rest = nothing

  /** @param maximum Maximum size of a packet in bytes, including its header. */
  constructor(maximum: number = Number.POSITIVE_INFINITY) {
    this.#maximum = maximum
  }

  /** The packets that `bytes` completes. @throws PacketError */
  push(bytes: Buffer): Buffer[] {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Buffer[] = []
    for (let size = this.#frameSize(rest); size !== undefined && size <= rest.length; size = this.#frameSize(rest)) {
      // Usually exactly one packet arrives, and then no copy is needed.
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
      throw new PacketError('packet_too_large', `a packet has ${size} bytes; the limit is ${this.#maximum}`, size)
    }
    throw new PacketError('malformed_packet', 'the remaining length of a packet has more than four bytes (§1.5.5)')
  }
}
