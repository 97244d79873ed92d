import { createHash, createHmac } from 'node:crypto'

/** Node's SHA-256 in the interface of the SDK's signer. */
export class Sha256 {
  #hash

  constructor(secret) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }

  update(data) {
    this.#hash.update(data)
  }

  async digest() {
    return this.#hash.digest()
  }

  reset() {
    this.#hash = createHash('sha256')
  }
}
