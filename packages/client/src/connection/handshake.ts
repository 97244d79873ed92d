import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { TopicCredentialsError } from '../errors.js'
import { abortable, sleep } from '../support/abort.js'
import type { ConnectLog } from './connect-log.js'

/** Options of {@link Handshake}. */
export interface HandshakeOptions {
  readonly credentials: VendedCredentialsProvider
  /** The times of earlier CONNECTs with this client ID. */
  readonly log: ConnectLog
  /** Minimum milliseconds between two handshakes: AWS accepts one CONNECT per second from a client ID, and refuses a second one. */
  readonly intervalMs: number
  /** Aborts any wait of the handshake. */
  readonly closing: AbortSignal
}

/** The credentials and the request of the last attempt, for its diagnosis. */
export interface HandshakeAttempt {
  readonly identity?: VendedIdentity
  /** When it received its credentials, by the monotonic clock. */
  readonly beganAt?: number
  /** Path and query as signed. Contains the session token: never log it. */
  readonly path?: string
  /** Why there is no signature: the provider's own error. */
  readonly error?: unknown
}

/** The endpoint's response to a WebSocket handshake: status and body, which most transports hide. */
export interface HandshakeAnswer {
  readonly status: number
  readonly message: string
  /** The endpoint's clock minus this machine's, in milliseconds; 0 if the response has no Date header. */
  readonly clockOffset: number
}

/** Maximum time that an open connection waits for credentials. Longer waits happen before it is opened: see `prepare`. */
const patienceMs = 8_000
/** AWS IoT's quota is one CONNECT per second from a client ID; limits of one in ten seconds have been reported. */
const ownDoingIntervals = 10

/** Decides when each handshake may be signed and with which credentials, and records the result. Transports do the signing. */
export class Handshake {
  readonly #options: HandshakeOptions
  attempt: HandshakeAttempt = {}
  #beganAt = 0

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /**
   * Obtains credentials before a connection is opened, however long that takes.
   *
   * @throws the provider's error, which is also stored in `attempt`
   */
  async prepare(): Promise<void> {
    this.attempt = {}
    const { credentials, closing } = this.#options
    await credentials({ signal: closing }).catch((error: unknown) => this.failed(error))
  }

  /** Credentials for the next handshake, once it may be sent. */
  async begin(): Promise<VendedIdentity> {
    this.attempt = {}
    const { log, intervalMs, closing } = this.#options
    const wait = log.takeTurn(intervalMs)
    if (wait > 0) await sleep(wait, closing)
    closing.throwIfAborted()
    return this.#credentialsSoon()
  }

  /** @param path as sent to the endpoint, including the signature */
  signed(identity: VendedIdentity, path: string): void {
    this.attempt = { identity, path, beganAt: this.#beganAt }
  }

  /** Records the end of the attempt. @param accepted whether the CONNECT was accepted, or may have been */
  settled(accepted: boolean): void {
    this.#options.log.settled(accepted)
  }

  /** Whether this client ID connected recently, so that a refusal for too many CONNECTs may concern it and not the account. */
  get connectedLately(): boolean {
    const { log, intervalMs } = this.#options
    return log.sinceAccepted < ownDoingIntervals * intervalMs
  }

  /** Records the error because of which there is no handshake, and throws it. */
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
      throw new TopicCredentialsError(`The credential vendor did not respond within ${patienceMs / 1000} s`, {
        code: 'vendor_timed_out',
        remedy:
          'The client connects as soon as the vendor responds. If it does not, check the log and the alarms of the vending function.',
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
