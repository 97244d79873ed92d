import { answerOverdue, connectOverdue, noAnswer, Operations } from '../../../connection/operations.js'
import type { TransportEvents, TransportFailure, TransportOptions } from '../../../connection/transport.js'
import { Emitter } from '../../../support/emitter.js'
import { firstReconnectMs } from '../../../support/retry-delay.js'

/** From the first packet to the CONNACK, including the wait for credentials and for the client ID's turn. */
const attemptDeadlineMs = 10_000
/** Upper bound of the delay for connections that keep breaking soon after they are established. */
const maxReconnectMs = 60_000
/** A connection that lasted this many connect intervals counts as stable: the delays start small again. */
const goodConnectionIntervals = 5

/**
 * The common part of both protocol versions of the device SDK. The SDK's own reconnects are not used: their delays do not depend on the
 * cause of the failure, and they resend operations that the broker refuses. So the SDK makes one attempt at a time.
 */
export abstract class SdkTransport<Line> extends Emitter<TransportEvents> {
  protected readonly options: TransportOptions
  protected readonly operations = new Operations<Line>()
  #phase: 'connected' | 'idle' | 'stopped' | 'trying' = 'idle'
  #acceptedAt = 0
  /** Number of consecutive connections that broke soon. */
  #breaks = 0
  /** Timer until the attempt after an interruption. */
  #pause: ReturnType<typeof setTimeout> | undefined
  /** Timer until an attempt is abandoned. */
  #deadline: ReturnType<typeof setTimeout> | undefined
  /** Ends the wait of each QoS 0 message that was passed to the SDK. */
  readonly #handedOver = new Set<(error: Error) => void>()

  constructor(options: TransportOptions) {
    super()
    this.options = options
  }

  protected get connected(): boolean {
    return this.#phase === 'connected'
  }

  protected get stopped(): boolean {
    return this.#phase === 'stopped'
  }

  /** Makes one attempt. `accepted` or `ended` follows. */
  protected abstract dial(): void
  /** Ends the connection or attempt from this side; the broker keeps the session. @param failure the cause, if it has already ended */
  protected abstract hangUp(failure: TransportFailure | undefined): void
  /** Ends connection and session, and frees all resources. Resolves within a second. */
  protected abstract free(): Promise<void>

  start(): void {
    if (this.#phase !== 'idle') return
    clearTimeout(this.#pause)
    this.#phase = 'trying'
    this.#deadline = setTimeout(
      () => this.ended({ name: connectOverdue, message: `not connected within ${attemptDeadlineMs / 1000} s` }),
      attemptDeadlineMs,
    )
    this.emit('connecting')
    this.dial()
  }

  async reconnect(): Promise<void> {
    if (this.#phase === 'stopped') return
    this.#idle(undefined)
    this.emit('interrupted', { name: 'RECONNECT', message: 'reconnecting on request' })
    this.start()
  }

  async stop(): Promise<void> {
    if (this.#phase === 'stopped') return
    this.removeAllListeners()
    clearTimeout(this.#pause)
    clearTimeout(this.#deadline)
    const freed = this.free()
    this.#phase = 'stopped'
    const stopped = new Error('the transport is stopped')
    this.operations.abandon(stopped)
    this.#giveUp(stopped)
    await freed
  }

  /**
   * Waits until the SDK has sent a message without an acknowledgement.
   *
   * @throws Error if the connection ends first, because the SDK then reports neither success nor failure
   */
  protected handedOver<T>(sending: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#handedOver.add(reject)
      void sending.then(resolve, reject).finally(() => this.#handedOver.delete(reject))
    })
  }

  protected accepted(line: Line, sessionPresent: boolean): void {
    if (this.#phase !== 'trying') return
    clearTimeout(this.#deadline)
    this.#phase = 'connected'
    this.#acceptedAt = performance.now()
    this.emit('connected', { sessionPresent })
    if (!this.connected) return
    this.operations.opened(line, () => this.ended({ name: answerOverdue, message: noAnswer }))
  }

  /** Called when the connection or attempt has ended. */
  protected ended(failure: TransportFailure): void {
    const stood = this.#phase === 'connected'
    if (!stood && this.#phase !== 'trying') return
    this.#idle(failure)
    if (stood) {
      this.#comeBack()
      this.emit('interrupted', failure)
    } else {
      this.emit('failed', failure)
    }
  }

  #idle(failure: TransportFailure | undefined): void {
    clearTimeout(this.#pause)
    clearTimeout(this.#deadline)
    const active = this.#phase !== 'idle'
    if (active) this.hangUp(failure)
    this.#phase = 'idle'
    this.operations.closed(failure)
    this.#giveUp(
      new Error(`the connection ended before it was known to be sent (${failure?.message ?? 'reconnecting'})`),
    )
  }

  #giveUp(error: Error): void {
    // Releases the frames that it has captured, which keep the SDK's client.
    void error.stack
    for (const reject of this.#handedOver) reject(error)
    this.#handedOver.clear()
  }

  #comeBack(): void {
    const good = performance.now() - this.#acceptedAt >= goodConnectionIntervals * this.options.connectIntervalMs
    this.#breaks = good ? 0 : this.#breaks + 1
    const bound = Math.min(maxReconnectMs, firstReconnectMs * 2 ** Math.max(0, this.#breaks - 1))
    this.#pause = setTimeout(() => this.start(), Math.random() * bound)
  }
}
