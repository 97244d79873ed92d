/** A frame that cannot be MQTT: the connection is beyond repair. */
export class FrameError extends Error {
  override name = 'FrameError'
  readonly kind: 'malformed' | 'too-large'

  constructor(kind: FrameError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

const nothing: Buffer = Buffer.alloc(0)

/**
 * Cuts a byte stream into MQTT control packets by their fixed headers (§2.1): one byte of type and flags, then the
 * remaining length as a variable byte integer of one to four bytes. A packet over the limit is refused on its header,
 * before its body is taken in.
 */
export class FrameSplitter {
  readonly #maximum: number
  #rest = nothing

  constructor(maximum: number = Number.POSITIVE_INFINITY) {
    this.#maximum = maximum
  }

  /** The packets that `bytes` completes. @throws FrameError */
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
      if (byte < 0x80) {
        const size = 1 + index + remaining
        if (size > this.#maximum)
          throw new FrameError('too-large', `a packet of ${size} bytes came and ${this.#maximum} are allowed`)
        return size
      }
    }
    throw new FrameError('malformed', 'the remaining length of a packet has more than four bytes')
  }
}

/** The control packet type in the first byte of a frame (§2.1.2). */
export const PACKET_TYPE = { CONNACK: 2, PUBLISH: 3, SUBACK: 9, UNSUBACK: 11 } as const
export const packetType = (frame: Buffer): number => (frame[0] ?? 0) >> 4
export const publishQos = (frame: Buffer): number => ((frame[0] ?? 0) >> 1) & 3
