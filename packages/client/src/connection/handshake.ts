import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { TopicCredentialsError } from '../errors.js'
import { abortable, sleep } from '../support/abort.js'

/** What handshakes are signed with. */
export interface HandshakeOptions {
  readonly credentials: VendedCredentialsProvider
  /** Least milliseconds between two handshakes: AWS takes one CONNECT a second from a client ID, and refuses a second one. */
  readonly intervalMs: number
  /** Ends whatever the handshake waits for. */
  readonly closing: AbortSignal
}

/** What the last connection attempt was signed with, to explain why it failed. */
export interface HandshakeAttempt {
  readonly identity?: VendedIdentity
  /** Path and query as signed. Holds the session token: not for logs. */
  readonly path?: string
  /** Why there was no signature: the provider's own error. */
  readonly error?: unknown
}

/** What the endpoint says to a WebSocket handshake: status and body, which most transports hide. */
export interface HandshakeAnswer {
  readonly status: number
  readonly message: string
  /** The endpoint's clock minus this machine's, in milliseconds; 0 where it sent no Date. */
  readonly clockOffset: number
}

/** How long an open connection waits for credentials. Longer waits belong before it is opened: see `prepare`. */
const patienceMs = 10_000

/** When each handshake may be signed, with which credentials, and what came of the last one. Transports do the signing. */
export class Handshake {
  readonly #options: HandshakeOptions
  #lastAt = Number.NEGATIVE_INFINITY
  attempt: HandshakeAttempt = {}

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /**
   * Has credentials ready before a connection is opened, however long that takes.
   *
   * @throws what the provider throws, kept in `attempt` as well
   */
  async prepare(): Promise<void> {
    this.attempt = {}
    const { credentials, closing } = this.#options
    await credentials({ signal: closing }).catch((error: unknown) => this.failed(error))
  }

  /** Credentials to sign the next handshake with, when its turn has come. */
  async begin(): Promise<VendedIdentity> {
    this.attempt = {}
    const { intervalMs, closing } = this.#options
    const wait = this.#lastAt + intervalMs - performance.now()
    if (wait > 0) await sleep(wait, closing)
    closing.throwIfAborted()
    const identity = await this.#credentialsSoon()
    this.#lastAt = performance.now()
    return identity
  }

  /** @param path as it goes to the endpoint, signature included */
  signed(identity: VendedIdentity, path: string): void {
    this.attempt = { identity, path }
  }

  /** There is no handshake, because of this error. */
  failed(error: unknown): never {
    this.attempt = { error }
    throw error
  }

  async #credentialsSoon(): Promise<VendedIdentity> {
    const { credentials, closing } = this.#options
    const patience = AbortSignal.timeout(patienceMs)
    try {
      return await abortable(credentials({ signal: closing }), patience)
    } catch (error) {
      if (!patience.aborted || closing.aborted) throw error
      throw new TopicCredentialsError(`The credential vendor has not answered within ${patienceMs / 1000} s`, {
        code: 'vendor_unavailable',
        remedy: 'The connection is opened when it has. If it does not, look at the vending function’s log and alarms.',
      })
    }
  }
}
