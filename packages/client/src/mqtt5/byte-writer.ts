import { unwritable } from './codec-error.js'

const utf8 = new TextEncoder()
/** A fixed header: one byte for type and flags, at most four for the length. */
const headerBytes = 5
/** §2.1.4: the maximum of a Variable Byte Integer. */
const maxLength = 268_435_455

/** Writes the data types of MQTT 5 §1.5 and the fixed header. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #end = headerBytes

  unsigned(size: 1 | 2 | 4, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
      throw unwritable(`${value} does not fit into ${size} bytes`)
    }
    const at = this.#grow(size)
    for (let index = size - 1, rest = value; index >= 0; index--, rest = Math.floor(rest / 256))
      this.#bytes[at + index] = rest % 256
  }

  /** A Variable Byte Integer: §1.5.5. */
  variable(value: number): void {
    if (value > maxLength) throw unwritable(`a length of ${value} bytes`)
    for (let rest = value; ; rest >>>= 7) {
      this.unsigned(1, rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
      if (rest <= 0x7f) return
    }
  }

  binary(bytes: Uint8Array): void {
    this.unsigned(2, bytes.length)
    this.raw(bytes)
  }

  text(text: string): void {
    // The encoder would write U+FFFD for a lone surrogate, which would be a different topic.
    if (/[\0\p{Surrogate}]/u.test(text)) throw unwritable('a string contains U+0000 or a lone surrogate')
    this.binary(utf8.encode(text))
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** The written bytes, without a header. */
  body(): Uint8Array {
    return this.#bytes.subarray(headerBytes, this.#end)
  }

  /** The whole packet. @param head type and flags, the first byte */
  packet(head: number): Uint8Array {
    const header = new ByteWriter()
    header.unsigned(1, head)
    header.variable(this.#end - headerBytes)
    const { length } = header.body()
    this.#bytes.set(header.body(), headerBytes - length)
    return this.#bytes.subarray(headerBytes - length, this.#end)
  }

  #grow(size: number): number {
    const start = this.#end
    this.#end += size
    if (this.#end <= this.#bytes.length) return start
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end))
    larger.set(this.#bytes)
    this.#bytes = larger
    return start
  }
}
