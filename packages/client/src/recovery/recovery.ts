import { connectOverdue } from '../connection/operations.js'
import type { TransportFailure } from '../connection/transport.js'
import type { TopicCredentialsError } from '../errors.js'
import { abortable, aborted, onAbort } from '../support/abort.js'
import { Emitter } from '../support/emitter.js'
import { type AssessedFailure, type ConnectionParts, FailurePolicy } from './failure-policy.js'
import { Reconnection } from './reconnection.js'

/** What becomes of a connection that is kept up. */
export interface RecoveryEvents {
  /** An attempt to connect begins. */
  connecting: []
  connected: [{ readonly resumed: boolean }]
  /** The connection is gone, or an attempt has failed; the next one follows. */
  interrupted: [TopicCredentialsError, TransportFailure]
  /** No further attempt can end differently. */
  ended: [TopicCredentialsError]
}

export interface RecoveryParts extends ConnectionParts {
  /** Ends whatever is waited for; no event follows. */
  readonly closing: AbortController
  /** Time in which AWS's quotas serve the whole fleet, where somebody has said so. */
  readonly spreadMs: number | undefined
  /** Least milliseconds between two CONNECTs. */
  readonly connectIntervalMs: number
}

/**
 * Keeps a connection up: looks into each failure, waits, connects again.
 *
 * Events come in one order, however slow the network is: `connecting`, then `connected` or `interrupted`; after `connected`,
 * `interrupted`; after `interrupted`, `connecting`. A break is told at once; a failed attempt once it has been looked into, and until
 * then no other attempt begins. `ended` is the last one.
 */
export class Recovery extends Emitter<RecoveryEvents> {
  readonly #parts: RecoveryParts
  readonly #failurePolicy: FailurePolicy
  readonly #reconnection: Reconnection
  #connected = false
  /** What was told last. */
  #told: keyof RecoveryEvents = 'interrupted'
  /** The wait for the next attempt. */
  #waiting: AbortController | undefined
  /** The failure that is being looked into, if one is. */
  #assessing: Promise<unknown> = Promise.resolve()

  constructor(parts: RecoveryParts) {
    super()
    this.#parts = parts
    this.#failurePolicy = new FailurePolicy(parts)
    this.#reconnection = new Reconnection({ ...parts, closing: parts.closing.signal })
    const { transport, handshake } = parts
    transport.on('connecting', () => {
      this.#told = 'connecting'
      this.emit('connecting')
    })
    transport.on('connected', ({ sessionPresent }) => {
      handshake.settled(true)
      this.#connected = true
      this.#failurePolicy.succeeded()
      this.#reconnection.succeeded()
      this.#told = 'connected'
      this.emit('connected', { resumed: sessionPresent })
    })
    transport.on('failed', (failure) => {
      // What was given up may have got through all the same.
      handshake.settled(failure.name === connectOverdue)
      void this.#tryAgain(failure)
    })
    transport.on('interrupted', (failure) => this.#onBreak(failure))
  }

  /**
   * Connects anew with the credentials that the provider hands out now. Resolves when that connection stands.
   *
   * @throws the signal's reason; what ended the session
   */
  async renew(signal: AbortSignal): Promise<void> {
    const since = performance.now()
    await abortable(this.#assessing, signal)
    // What was asked for on purpose does not wait its turn with the fleet.
    this.#waiting?.abort()
    await this.#parts.transport.reconnect()
    while ((this.#parts.handshake.attempt.beganAt ?? 0) < since || !this.#connected) {
      await this.#nextConnected(signal)
      // An attempt that was under way was signed with what was there before.
      if ((this.#parts.handshake.attempt.beganAt ?? 0) < since) await this.#parts.transport.reconnect()
    }
  }

  /** The machine woke, or the network is back: what waits for an ordinary failure to pass tries again now. */
  wake(): void {
    this.#reconnection.hurry()
    this.#parts.transport.wake?.()
  }

  #nextConnected(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        this.off('connected', onConnected)
        forget()
        finish()
      }
      const onConnected = () => settle(resolve)
      if (signal.aborted) return reject(aborted(signal))
      this.on('connected', onConnected)
      const forget = onAbort(signal, () => settle(() => reject(aborted(signal))))
    })
  }

  #onBreak(failure: TransportFailure): void {
    this.#connected = false
    // An attempt that is exchanged for another one has ended, too; between two attempts there is nothing that could end.
    if (this.#told === 'interrupted') return
    // Its CONNECT may be out.
    if (this.#told === 'connecting') this.#parts.handshake.settled(true)
    this.#tell(this.#failurePolicy.assessBreak(failure), failure)
  }

  async #tryAgain(failure: TransportFailure): Promise<void> {
    const assessing = this.#failurePolicy.assessAttempt(failure)
    this.#assessing = assessing.catch(() => {})
    const assessed = await assessing
    const { signal } = this.#parts.closing
    if (signal.aborted || !this.#tell(assessed, failure)) return
    const waiting = new AbortController()
    this.#waiting = waiting
    try {
      await this.#reconnection.attempt(assessed.setback, waiting.signal)
    } catch {
      if (signal.aborted || waiting.signal.aborted) return
      // The provider's own error is the handshake's: it says whether this is the end.
      void this.#tryAgain({ name: 'CREDENTIALS', message: 'there are no credentials to connect with' })
    }
  }

  /** True when the next attempt follows. */
  #tell({ error, terminal }: AssessedFailure, failure: TransportFailure): boolean {
    this.#told = 'interrupted'
    if (terminal) {
      this.emit('ended', error)
    } else {
      this.emit('interrupted', error, failure)
    }
    return !terminal
  }
}
