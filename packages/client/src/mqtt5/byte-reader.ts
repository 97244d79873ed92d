import { malformed } from './codec-error.js'

// A byte order mark is kept, because it is an ordinary character [MQTT-1.5.4-3].
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads the data types of MQTT 5 §1.5 from a packet, never beyond its end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** A big-endian unsigned integer of this many bytes. @throws CodecError */
  unsigned(size: 1 | 2 | 4): number {
    let value = 0
    for (const byte of this.take(size)) value = value * 256 + byte
    return value
  }

  /** A Variable Byte Integer in its shortest encoding [MQTT-1.5.5-1]. @throws CodecError */
  variable(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.unsigned(1)
      value += (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (byte === 0 && shift > 0) break
      return value
    }
    throw malformed('MQTT-1.5.5-1')
  }

  /** A length of two bytes, and that many bytes. @throws CodecError */
  binary(): Uint8Array {
    return this.take(this.unsigned(2)).slice()
  }

  /** Well-formed UTF-8 without U+0000 [MQTT-1.5.4-1] [MQTT-1.5.4-2]. @throws CodecError */
  text(): string {
    const bytes = this.take(this.unsigned(2))
    try {
      if (!bytes.includes(0)) return utf8.decode(bytes)
    } catch {
      // Not UTF-8: refused below.
    }
    throw malformed('MQTT-1.5.4-1')
  }

  /** A view, not a copy. @throws CodecError */
  take(size: number): Uint8Array {
    const end = this.#at + size
    if (end > this.#bytes.length) throw malformed('a packet is too short')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
