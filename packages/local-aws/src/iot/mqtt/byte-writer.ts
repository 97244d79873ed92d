/** Maximum size of a variable byte integer. */
const varintBytes = 4

/** Writes MQTT's data types (§1.5). The buffer is reused, so that a packet costs one allocation. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #at = 0

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#at] = value
    this.#at += 1
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#at = this.#bytes.writeUInt16BE(value, this.#at)
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#at = this.#bytes.writeUInt32BE(value, this.#at)
  }

  varint(value: number): void {
    this.#reserve(varintBytes)
    this.#at = writeVarint(this.#bytes, this.#at, value)
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  binary(bytes: Uint8Array): void {
    this.uint16(bytes.length)
    this.raw(bytes)
  }

  text(text: string): void {
    // UTF-8 needs at most three bytes for a UTF-16 code unit.
    this.#reserve(2 + 3 * text.length)
    const length = this.#bytes.write(text, this.#at + 2)
    this.#bytes.writeUInt16BE(length, this.#at)
    this.#at += 2 + length
  }

  /** The output of `write` with a variable byte integer as length prefix. */
  sized(write: () => void): void {
    const start = this.#at
    this.#reserve(varintBytes)
    this.#at += varintBytes
    write()
    const length = this.#at - start - varintBytes
    const from = start + varintBytes
    const to = writeVarint(this.#bytes, start, length)
    this.#bytes.copyWithin(to, from, this.#at)
    this.#at = to + length
  }

  /** The written bytes as a packet: first byte, remaining length (§2.1), content. Resets the writer. */
  take(firstByte: number): Buffer {
    const length = this.#at
    const packet = Buffer.allocUnsafe(1 + varintSize(length) + length)
    packet[0] = firstByte
    this.#bytes.copy(packet, writeVarint(packet, 1, length), 0, length)
    this.#at = 0
    return packet
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + length))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
}

function writeVarint(bytes: Buffer, from: number, value: number): number {
  let at = from
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes[at] = (rest % 128) + 128
    at += 1
  }
  bytes[at] = rest
  return at + 1
}
