/** Maximum time for a PINGRESP. */
const patienceMs = 10_000
/** Additional margin for late timers of hidden tabs and for packets in transit. */
const reserveMs = 5_000
const leastIntervalMs = 5_000

/** Options of {@link KeepAlive}. */
export interface KeepAliveOptions {
  /** As sent to the broker, which closes a connection that is silent for 1.5 times as long [MQTT-3.1.2-22]. */
  readonly seconds: number
  /** Maximum delay of timers. A browser runs the timers of a hidden tab once a minute. */
  readonly timersLateMs: number
  readonly ping: () => void
  /** Called if no response arrived: the connection is dead, whatever the state of the socket. */
  readonly dead: () => void
}

/**
 * Keeps the broker from closing the connection, and detects a lost broker.
 *
 * Sends pings at an interval that is sufficient even with late timers, and independently of other traffic: a client that only sends would
 * not notice that the broker is gone.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions
  readonly #intervalMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #heard = true

  constructor(options: KeepAliveOptions) {
    this.#options = options
    this.#intervalMs = pingIntervalMs(options.seconds, options.timersLateMs)
    this.#wait()
  }

  /** Called for every packet from the broker. */
  heard(): void {
    this.#heard = true
  }

  /** Pings the broker now. Declares the connection dead if nothing arrives in time. */
  probe(withinMs = patienceMs): void {
    clearTimeout(this.#timer)
    this.#heard = false
    const asked = Date.now()
    this.#options.ping()
    this.#timer = setTimeout(() => {
      if (this.#heard) {
        this.#wait()
      } else if (Date.now() - asked > 2 * withinMs) {
        // The machine slept: a response may have arrived but has not been read yet.
        this.probe(withinMs)
      } else {
        this.#options.dead()
      }
    }, withinMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.probe(), this.#intervalMs)
  }
}

/** Three quarters of the keep-alive interval, or less if timers may be late. */
export function pingIntervalMs(keepAliveSeconds: number, timersLateMs: number): number {
  const cutMs = keepAliveSeconds * 1_500
  return Math.max(leastIntervalMs, Math.min(keepAliveSeconds * 750, cutMs - timersLateMs - reserveMs))
}
