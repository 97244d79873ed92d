import { connectOverdue } from '../connection/operations.js'
import type { TransportFailure } from '../connection/transport.js'
import type { TopicCredentialsError } from '../errors.js'
import { abortable } from '../support/abort.js'
import { Emitter } from '../support/emitter.js'
import type { Diagnosis } from './diagnosis.js'
import { type ConnectionParts, FailurePolicy } from './failure-policy.js'
import { Reconnection } from './reconnection.js'

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
  /** The latest event. */
  #lastEvent: keyof RecoveryEvents = 'interrupted'
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
      this.#lastEvent = 'connecting'
      this.emit('connecting')
    })
    transport.on('connected', ({ sessionPresent }) => {
      handshake.settled(true)
      this.#connected = true
      this.#failurePolicy.succeeded()
      this.#reconnection.succeeded()
      this.#lastEvent = 'connected'
      this.emit('connected', { resumed: sessionPresent })
    })
    transport.on('failed', (failure) => {
      // An abandoned attempt may have succeeded nevertheless.
      handshake.settled(failure.name === connectOverdue)
      void this.#tryAgain(failure)
    })
    transport.on('interrupted', (failure) => this.#onBreak(failure))
  }

  /**
   * Reconnects with the provider's current credentials. Resolves when the connection is established.
   *
   * @throws the signal's reason; the error that ended the session
   */
  async renew(signal: AbortSignal): Promise<void> {
    const { transport, handshake } = this.#parts
    const since = performance.now()
    await abortable(this.#assessing, signal)
    // A deliberate reconnect does not wait for its turn in the fleet.
    this.#waiting?.abort()
    await transport.reconnect()
    while ((handshake.attempt.beganAt ?? 0) < since || !this.#connected) {
      await abortable(new Promise<void>((resolve) => this.once('connected', () => resolve())), signal)
      // An attempt in progress was signed with the previous credentials.
      if ((handshake.attempt.beganAt ?? 0) < since) await transport.reconnect()
    }
  }

  /** The machine woke up, or the network is back: a delay after an ordinary failure ends now. */
  wake(): void {
    this.#reconnection.hurry()
    this.#parts.transport.wake?.()
  }

  #onBreak(failure: TransportFailure): void {
    this.#connected = false
    // A replaced attempt has ended too. Between two attempts there is no connection that could end.
    if (this.#lastEvent === 'interrupted') return
    // Its CONNECT may have been sent.
    if (this.#lastEvent === 'connecting') this.#parts.handshake.settled(true)
    this.#report(this.#failurePolicy.assessBreak(failure), failure)
  }

  async #tryAgain(failure: TransportFailure): Promise<void> {
    const assessing = this.#failurePolicy.assessAttempt(failure)
    this.#assessing = assessing.catch(() => {})
    const assessed = await assessing
    const { signal } = this.#parts.closing
    if (signal.aborted || !this.#report(assessed, failure)) return
    const waiting = new AbortController()
    this.#waiting = waiting
    try {
      await this.#reconnection.attempt(assessed.setback, waiting.signal)
    } catch {
      if (signal.aborted || waiting.signal.aborted) return
      // The handshake stores the provider's own error, which determines whether the session ends.
      void this.#tryAgain({ name: 'CREDENTIALS', message: 'no credentials' })
    }
  }

  /** Returns true if the next attempt follows. */
  #report({ error, terminal }: Diagnosis, failure: TransportFailure): boolean {
    this.#lastEvent = 'interrupted'
    if (terminal) {
      this.emit('ended', error)
    } else {
      this.emit('interrupted', error, failure)
    }
    return !terminal
  }
}
