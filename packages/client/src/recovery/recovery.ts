import { overdue } from '../common-errors.js'
import { connectOverdue } from '../connection/operations.js'
import type { TransportFailure } from '../connection/transport.js'
import type { AskedGrants } from '../credentials/vendor-options.js'
import type { TopicCredentialsError } from '../errors.js'
import { abortable, aborted, onAbort } from '../support/abort.js'
import { withDeadline } from '../support/deadline.js'
import { Emitter } from '../support/emitter.js'
import { type AssessedFailure, type ConnectionParts, FailurePolicy } from './failure-policy.js'
import { Reconnection } from './reconnection.js'

const grantTimeoutMs = 30_000

/** The events of a connection that is kept up. */
export interface RecoveryEvents {
  /** An attempt to connect starts. */
  connecting: []
  connected: [{ readonly resumed: boolean }]
  /** The connection has ended, or an attempt has failed; the next attempt follows. */
  interrupted: [TopicCredentialsError, TransportFailure]
  /** No further attempt can succeed. */
  ended: [TopicCredentialsError]
}

export interface RecoveryParts extends ConnectionParts {
  /** Aborts all waiting; no events follow. */
  readonly closing: AbortController
  /** The period in which AWS's quotas can serve the whole fleet, if it is configured. */
  readonly spreadMs: number | undefined
  /** Minimum milliseconds between two CONNECTs. */
  readonly connectIntervalMs: number
}

/**
 * Keeps a connection up: examines each failure, waits, reconnects.
 *
 * The order of events does not depend on the network: `connecting`, then `connected` or `interrupted`; after `connected`, `interrupted`;
 * after `interrupted`, `connecting`. An interruption is reported immediately; a failed attempt after it has been examined, and no other
 * attempt starts before that. `ended` is the last event.
 */
export class Recovery extends Emitter<RecoveryEvents> {
  readonly #parts: RecoveryParts
  readonly #failurePolicy: FailurePolicy
  readonly #reconnection: Reconnection
  #connected = false
  /** The last event. */
  #told: keyof RecoveryEvents = 'interrupted'
  /** The delay before the next attempt. */
  #waiting: AbortController | undefined
  /** The examination of the current failure, if any. */
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
      // An abandoned attempt may have succeeded nevertheless.
      handshake.settled(failure.name === connectOverdue)
      void this.#tryAgain(failure)
    })
    transport.on('interrupted', (failure) => this.#onBreak(failure))
  }

  /** Requests credentials with these grants, and reconnects with them. @throws what the vendor refuses; `grant_timed_out` */
  async exchange(
    asked: AskedGrants,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<void> {
    const { credentials, closing, spreadMs = 0 } = this.#parts
    const { signal, timeoutMs = grantTimeoutMs + 2 * spreadMs } = options
    const renewed = async (until: AbortSignal) => {
      const ends = AbortSignal.any([until, closing.signal])
      await abortable(credentials.ask(asked), ends)
      await this.#renew(ends)
    }
    await withDeadline(renewed, timeoutMs, () => grantOverdue(timeoutMs), signal)
  }

  /**
   * Reconnects with the provider's current credentials. Resolves when the connection is established.
   *
   * @throws the signal's reason; the error that ended the session
   */
  async #renew(signal: AbortSignal): Promise<void> {
    const since = performance.now()
    await abortable(this.#assessing, signal)
    // A deliberate reconnect does not wait for its turn in the fleet.
    this.#waiting?.abort()
    await this.#parts.transport.reconnect()
    while ((this.#parts.handshake.attempt.beganAt ?? 0) < since || !this.#connected) {
      await this.#nextConnected(signal)
      // An attempt in progress was signed with the previous credentials.
      if ((this.#parts.handshake.attempt.beganAt ?? 0) < since) await this.#parts.transport.reconnect()
    }
  }

  /** The machine woke up, or the network is back: a delay after an ordinary failure ends now. */
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
    // An attempt that is replaced by another one has ended too; between two attempts, nothing can end.
    if (this.#told === 'interrupted') return
    // Its CONNECT may have been sent.
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
      // The handshake stores the provider's own error, which tells whether the session ends.
      void this.#tryAgain({ name: 'CREDENTIALS', message: 'there are no credentials to connect with' })
    }
  }

  /** Returns true if the next attempt follows. */
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

/** A session's grants were not exchanged in time. */
function grantOverdue(ms: number): TopicCredentialsError {
  return overdue('The session did not reconnect with the new grants', ms, {
    code: 'grant_timed_out',
    remedy: 'The next connection will use them once they are vended. See the interrupted events for the cause.',
  })
}
