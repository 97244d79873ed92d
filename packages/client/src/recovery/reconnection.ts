import type { Handshake } from '../connection/handshake.js'
import type { Transport } from '../connection/transport.js'
import { sleep } from '../support/abort.js'
import { reconnectDelay, type Setback } from '../support/retry-delay.js'

export interface ReconnectionOptions {
  readonly transport: Pick<Transport, 'start'>
  readonly handshake: Pick<Handshake, 'prepare'>
  /** Least milliseconds between two CONNECTs. */
  readonly connectIntervalMs: number
  /** Time in which AWS's quotas serve the whole fleet, where somebody has said so. */
  readonly spreadMs: number | undefined
  /** Ends the waiting. */
  readonly closing: AbortSignal
  readonly random?: () => number
  readonly pause?: typeof sleep
}

/** Makes the next attempt to connect: when it is time, and with credentials at hand. */
export class Reconnection {
  readonly #options: ReconnectionOptions
  readonly #setbacks: Record<Setback, number> = { failed: 0, throttled: 0, too_soon: 0 }
  /** Ends the wait after an ordinary failure. */
  #waiting: AbortController | undefined

  constructor(options: ReconnectionOptions) {
    this.#options = options
  }

  /** A connection stands: the waits begin small again. */
  succeeded(): void {
    this.#setbacks.failed = 0
    this.#setbacks.throttled = 0
    this.#setbacks.too_soon = 0
  }

  /** Makes the next attempt now: the machine woke, or the network is back. A wait that a quota asks for goes on. */
  hurry(): void {
    this.#setbacks.failed = 0
    this.#waiting?.abort()
  }

  /**
   * Waits, gets credentials, starts the transport: in this order, because a vendor that is busy may need long, and a connection
   * that is opened meanwhile would be cut as idle.
   *
   * @param signal ends the wait, and makes no attempt
   * @throws what the credentials provider throws; the signal's reason when it is aborted
   */
  async attempt(after: Setback, signal?: AbortSignal): Promise<void> {
    const { transport, handshake, connectIntervalMs, spreadMs } = this.#options
    const closing = signal === undefined ? this.#options.closing : AbortSignal.any([this.#options.closing, signal])
    const { random = Math.random, pause = sleep } = this.#options
    this.#setbacks[after] += 1
    const delay = reconnectDelay(after, this.#setbacks[after], random(), spreadMs)
    // Whoever draws less than the interval would wait for it all the same, and all of them at the same moment.
    if (after === 'failed') {
      await this.#wait(delay, closing)
    } else {
      await pause(after === 'throttled' ? connectIntervalMs + delay : delay, closing)
    }
    await handshake.prepare()
    closing.throwIfAborted()
    transport.start()
  }

  async #wait(delay: number, closing: AbortSignal): Promise<void> {
    const { pause = sleep } = this.#options
    const waiting = new AbortController()
    this.#waiting = waiting
    try {
      await pause(delay, AbortSignal.any([closing, waiting.signal]))
    } catch (error) {
      if (closing.aborted || !waiting.signal.aborted) throw error
    } finally {
      this.#waiting = undefined
    }
  }
}
