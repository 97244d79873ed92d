import { createHash, createHmac } from 'node:crypto'

/** Node's SHA-256 in the form that the stock signer takes. */
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
