import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { TopicCredentialsError } from '../errors.js'
import { abortable, sleep } from '../support/abort.js'
import type { ConnectLog } from './connect-log.js'

/** What handshakes are signed with. */
export interface HandshakeOptions {
  readonly credentials: VendedCredentialsProvider
  /** When this process connected with the client ID. */
  readonly log: ConnectLog
  /** Least milliseconds between two handshakes: AWS takes one CONNECT a second from a client ID, and refuses a second one. */
  readonly intervalMs: number
  /** Ends whatever the handshake waits for. */
  readonly closing: AbortSignal
}

/** What the last connection attempt was signed with, to explain why it failed. */
export interface HandshakeAttempt {
  readonly identity?: VendedIdentity
  /** When it got its credentials, by the monotonic clock. */
  readonly beganAt?: number
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
const patienceMs = 8_000
/** AWS IoT takes one CONNECT a second from a client ID by its quotas; one in ten is reported. */
const ownDoingIntervals = 10

/** When each handshake may be signed, with which credentials, and what came of the last one. Transports do the signing. */
export class Handshake {
  readonly #options: HandshakeOptions
  attempt: HandshakeAttempt = {}
  #beganAt = 0

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
    const { log, intervalMs, closing } = this.#options
    const wait = log.takeTurn(intervalMs)
    if (wait > 0) await sleep(wait, closing)
    closing.throwIfAborted()
    return this.#credentialsSoon()
  }

  /** @param path as it goes to the endpoint, signature included */
  signed(identity: VendedIdentity, path: string): void {
    this.attempt = { identity, path, beganAt: this.#beganAt }
  }

  /** The attempt is over. @param accepted whether the CONNECT was accepted, or may have been */
  settled(accepted: boolean): void {
    this.#options.log.settled(accepted)
  }

  /** Whether a refusal for too many CONNECTs may be for this client ID's own, and not for the account's. */
  get connectedLately(): boolean {
    const { log, intervalMs } = this.#options
    return log.sinceAccepted < ownDoingIntervals * intervalMs
  }

  /** There is no handshake, because of this error. */
  failed(error: unknown): never {
    this.attempt = { error }
    throw error
  }

  async #credentialsSoon(): Promise<VendedIdentity> {
    const { credentials, closing } = this.#options
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), patienceMs)
    try {
      const identity = await abortable(credentials({ signal: closing }), patience.signal)
      this.#beganAt = performance.now()
      return identity
    } catch (error) {
      if (!patience.signal.aborted || closing.aborted) throw error
      throw new TopicCredentialsError(`The credential vendor has not answered within ${patienceMs / 1000} s`, {
        code: 'vendor_timed_out',
        remedy: 'The connection is opened when it has. If it does not, look at the vending function’s log and alarms.',
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
