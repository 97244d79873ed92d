import type { Handshake } from '../connection/handshake.js'
import type { Transport } from '../connection/transport.js'
import { sleep } from '../support/abort.js'
import { reconnectDelay, type Setback } from '../support/retry-delay.js'

export interface ReconnectionOptions {
  readonly transport: Pick<Transport, 'start'>
  readonly handshake: Pick<Handshake, 'prepare'>
  /** Minimum milliseconds between two CONNECTs. */
  readonly connectIntervalMs: number
  /** The period in which AWS's quotas can serve the whole fleet, if it is configured. */
  readonly spreadMs: number | undefined
  /** Aborts the waiting. */
  readonly closing: AbortSignal
  readonly random?: () => number
  readonly pause?: typeof sleep
}

/** Makes the next attempt to connect at the right time and with credentials available. */
export class Reconnection {
  readonly #options: ReconnectionOptions
  #setbacks = none()
  /** Ends the delay after an ordinary failure. */
  #hurried: AbortController | undefined

  constructor(options: ReconnectionOptions) {
    this.#options = options
  }

  /** Called when a connection is established: the delays start small again. */
  succeeded(): void {
    this.#setbacks = none()
  }

  /** Makes the next attempt now: the machine woke up, or the network is back. A delay because of a quota continues. */
  hurry(): void {
    this.#setbacks.failed = 0
    this.#hurried?.abort()
  }

  /**
   * Waits, obtains credentials, starts the transport: in this order, because a busy vendor may take long, and AWS would close a connection
   * that was opened earlier as idle.
   *
   * @param signal ends the wait without an attempt
   * @throws the errors of the credentials provider; the signal's reason if it is aborted
   */
  async attempt(after: Setback, signal = this.#options.closing): Promise<void> {
    const { transport, handshake, connectIntervalMs, spreadMs, random = Math.random, pause = sleep } = this.#options
    const closing = this.#options.closing === signal ? signal : AbortSignal.any([this.#options.closing, signal])
    this.#setbacks[after] += 1
    const delay = reconnectDelay(after, this.#setbacks[after], random(), spreadMs)
    const hurried = new AbortController()
    if (after === 'failed') this.#hurried = hurried
    // A delay below the connect interval would be extended to it, for all such clients to the same time.
    const ms = after === 'throttled' ? connectIntervalMs + delay : delay
    await pause(ms, AbortSignal.any([closing, hurried.signal])).catch((error: unknown) => {
      if (!hurried.signal.aborted) throw error
    })
    closing.throwIfAborted()
    await handshake.prepare()
    closing.throwIfAborted()
    transport.start()
  }
}

function none(): Record<Setback, number> {
  return { failed: 0, throttled: 0, too_soon: 0 }
}
