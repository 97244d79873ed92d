import { ByteReader } from './byte-reader.js'
import { CodecError } from './codec-error.js'

/** One control packet, not parsed yet. */
export interface RawPacket {
  /** Type and flags (§2.1.1). */
  readonly head: number
  /** Everything after the fixed header. */
  readonly body: Uint8Array
}

/**
 * Splits a stream into control packets, independently of WebSocket frames: a frame may contain several packets or a part of one
 * [MQTT-6.0.0-2]. Buffers at most one packet, with memory allocated by its announced length; a length over the maximum is refused before
 * the allocation.
 */
export class PacketSplitter {
  readonly #maximum: number
  /** The bytes of the fixed header that have been read. */
  #header: number[] = []
  #body: Uint8Array | undefined
  #filled = 0

  /** @param maximum maximum size of a packet in bytes, without its fixed header */
  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** The packets that are complete. @throws CodecError, after which the stream cannot be read any further */
  *push(chunk: Uint8Array): Generator<RawPacket, void, undefined> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#body === undefined) {
        this.#readHeader(chunk[at] ?? 0)
        at += 1
      } else {
        const part = chunk.subarray(at, at + this.#body.length - this.#filled)
        this.#body.set(part, this.#filled)
        this.#filled += part.length
        at += part.length
      }
      if (this.#body?.length !== this.#filled) continue
      const packet = { head: this.#header[0] ?? 0, body: this.#body }
      this.#header = []
      this.#body = undefined
      this.#filled = 0
      yield packet
    }
  }

  /** The length follows the first byte, and ends with a byte below 0x80, or with its fourth. */
  #readHeader(byte: number): void {
    const header = this.#header
    header.push(byte)
    if (header.length < 2 || (byte >= 0x80 && header.length <= 4)) return
    const length = new ByteReader(Uint8Array.from(header.slice(1))).variable()
    if (length > this.#maximum) {
      throw new CodecError('packet_too_large', `a packet of ${length} bytes; the limit is ${this.#maximum}`)
    }
    this.#body = new Uint8Array(length)
  }
}
