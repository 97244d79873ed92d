import { vendorOverdue } from '../common-errors.js'
import type { VendedCredentialsProvider } from '../credentials/provider.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { sleep } from '../support/abort.js'
import { withDeadline } from '../support/deadline.js'
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

/** An attempt while it is in progress. */
type OpenAttempt = { -readonly [Key in keyof HandshakeAttempt]: HandshakeAttempt[Key] }

/**
 * Decides when each handshake may be signed and with which credentials, and records the result. Transports do the signing.
 *
 * Attempts can overlap: one that was abandoned may still wait for credentials when the next one has begun. Each writes into a record of its
 * own, so that an abandoned one changes nothing.
 */
export class Handshake {
  readonly #options: HandshakeOptions
  #attempt: OpenAttempt = {}

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /** The record of the latest attempt. */
  get attempt(): HandshakeAttempt {
    return this.#attempt
  }

  /**
   * Obtains credentials before a connection is opened, however long that takes.
   *
   * @throws the provider's error, which is also stored in `attempt`
   */
  async prepare(): Promise<void> {
    const { credentials, closing } = this.#options
    await this.#recorded(async () => {
      await credentials({ signal: closing })
    })
  }

  /**
   * Signs the handshake of one attempt, as soon as it may be sent.
   *
   * @param signature signs with these credentials, and resolves with path and query as sent to the endpoint
   * @returns what `signature` resolves with
   * @throws the provider's error, which is also stored in `attempt`; an error if another attempt has begun in the meantime
   */
  async sign(signature: (identity: VendedIdentity) => Promise<string>): Promise<string> {
    return this.#recorded(async (attempt) => {
      await this.#turn(attempt)
      const identity = await this.#credentialsSoon()
      const beganAt = performance.now()
      const path = await signature(identity)
      Object.assign(attempt, { identity, path, beganAt })
      return path
    })
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

  /** Begins a record, and stores the error in it if there is one. */
  async #recorded<T>(run: (attempt: OpenAttempt) => Promise<T>): Promise<T> {
    const attempt: OpenAttempt = {}
    this.#attempt = attempt
    try {
      return await run(attempt)
    } catch (error) {
      attempt.error = error
      throw error
    }
  }

  async #turn(attempt: HandshakeAttempt): Promise<void> {
    const { log, intervalMs, closing } = this.#options
    for (let wait = log.takeTurn(intervalMs); wait > 0; wait = log.takeTurn(intervalMs)) {
      await sleep(wait, closing)
      if (attempt !== this.#attempt) throw new Error('replaced')
    }
    closing.throwIfAborted()
  }

  async #credentialsSoon(): Promise<VendedIdentity> {
    const { credentials, closing } = this.#options
    return withDeadline(
      () => credentials({ signal: closing }),
      patienceMs,
      () => vendorOverdue(patienceMs),
      closing,
    )
  }
}
