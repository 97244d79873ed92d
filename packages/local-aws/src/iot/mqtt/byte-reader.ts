import { isUtf8 } from 'node:buffer'
import { PacketError } from './errors.js'

/**
 * Reads MQTT's data types (§1.5) from a part of a packet. Reading past its end is a malformed packet. Binary data is copied, so that a kept
 * value does not keep the whole socket buffer.
 */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, from = 0, to = bytes.length) {
    this.#bytes = bytes
    this.#at = from
    this.#end = to
  }

  get left(): number {
    return this.#end - this.#at
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  /** A variable byte integer (§1.5.5) in its shortest encoding [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0
    for (let index = 0; index < 4; index += 1) {
      const byte = this.byte()
      value += (byte & 0x7f) * 128 ** index
      if (byte < 0x80) {
        if (byte === 0 && index > 0) {
          throw malformed('a variable byte integer is not in its shortest encoding [MQTT-1.5.5-1]')
        }
        return value
      }
    }
    throw malformed('a variable byte integer has more than four bytes (§1.5.5)')
  }

  binary(): Buffer {
    return Buffer.from(this.#sized())
  }

  /** A UTF-8 string [MQTT-1.5.4-1], [MQTT-1.5.4-2]. */
  text(): string {
    const bytes = this.#sized()
    if (!isUtf8(bytes)) throw malformed('a string is not well-formed UTF-8 [MQTT-1.5.4-1]')
    if (bytes.includes(0)) throw malformed('a string contains the null character [MQTT-1.5.4-2]')
    return bytes.toString('utf8')
  }

  /** The next `length` bytes as a separate reader. */
  part(length: number): ByteReader {
    const from = this.#take(length)
    return new ByteReader(this.#bytes, from, from + length)
  }

  rest(): Buffer {
    const from = this.#at
    this.#at = this.#end
    return Buffer.from(this.#bytes.subarray(from, this.#end))
  }

  /** Requires that no bytes are left. */
  finish(): void {
    if (this.left > 0) throw malformed(`${this.left} bytes follow the last field`, this.left)
  }

  /** Bytes with a length prefix. */
  #sized(): Buffer {
    const length = this.uint16()
    const from = this.#take(length)
    return this.#bytes.subarray(from, from + length)
  }

  #take(length: number): number {
    if (this.left < length) throw malformed('the packet ends before its last field', this.left)
    const from = this.#at
    this.#at += length
    return from
  }
}

/** [MQTT-4.13.1-1] */
export function malformed(message: string, value?: number | string): PacketError {
  return new PacketError('malformed_packet', message, value)
}
