import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'

type Data = string | ArrayBuffer | ArrayBufferView

/** SHA-256, or HMAC-SHA-256 with a key, in the interface of the SDK's signer. Uses OpenSSL. */
export class Sha256 {
  readonly #key: Data | undefined
  #hash: Hash | Hmac

  constructor(key?: Data) {
    this.#key = key
    this.#hash = this.#begin()
  }

  update(data: Data): void {
    this.#hash.update(bytes(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = this.#begin()
  }

  #begin(): Hash | Hmac {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.#key))
  }
}

function bytes(data: Data): string | Uint8Array {
  if (typeof data === 'string') return data
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
