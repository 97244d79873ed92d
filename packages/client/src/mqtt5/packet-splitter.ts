import { CodecError, malformed } from './codec-error.js'

/** One control packet, not parsed yet. */
export interface RawPacket {
  /** Type and flags (§2.1.1). */
  readonly head: number
  /** Everything after the fixed header. */
  readonly body: Uint8Array
}

const empty = new Uint8Array()

/**
 * Splits a stream into control packets, independently of WebSocket frames: a frame may contain several packets or a part of one
 * [MQTT-6.0.0-2]. Buffers at most one packet, with memory allocated by its announced length; a length over the maximum is refused before
 * the allocation.
 */
export class PacketSplitter {
  readonly #maximum: number
  #head = -1
  #length = 0
  #shift = 0
  #body: Uint8Array | undefined
  #filled = 0

  /** @param maximum maximum size of a packet in bytes, without its fixed header */
  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** The packets that are complete. @throws CodecError; the stream cannot be read any further then */
  *push(chunk: Uint8Array): Generator<RawPacket, void, undefined> {
    let at = 0
    while (at < chunk.length) {
      if (this.#body === undefined) {
        const byte = chunk[at] ?? 0
        if (this.#head < 0) {
          this.#head = byte
        } else {
          this.#readLength(byte)
        }
        at += 1
      } else {
        const part = chunk.subarray(at, at + this.#body.length - this.#filled)
        this.#body.set(part, this.#filled)
        this.#filled += part.length
        at += part.length
      }
      if (this.#body !== undefined && this.#filled === this.#body.length) yield this.#take(this.#body)
    }
  }

  /** Reads one byte of the Variable Byte Integer with the packet's length. */
  #readLength(byte: number): void {
    this.#length += (byte & 0x7f) << this.#shift
    if (byte >= 0x80) {
      this.#shift += 7
      if (this.#shift > 21) throw malformed('the length of a packet is longer than four bytes')
      return
    }
    if (byte === 0 && this.#shift > 0) throw malformed('the length of a packet is not in its shortest encoding')
    if (this.#length > this.#maximum) {
      throw new CodecError('packet_too_large', `a packet of ${this.#length} bytes; the limit is ${this.#maximum}`)
    }
    this.#body = this.#length === 0 ? empty : new Uint8Array(this.#length)
  }

  #take(body: Uint8Array): RawPacket {
    const packet = { head: this.#head, body }
    this.#head = -1
    this.#length = 0
    this.#shift = 0
    this.#body = undefined
    this.#filled = 0
    return packet
  }
}
