/** How long a PINGRESP may take. */
const patienceMs = 10_000
/** What a hidden tab's timer, and a packet under way, may be late by besides. */
const reserveMs = 5_000
const leastIntervalMs = 5_000

/** What a keep-alive does its work with. */
export interface KeepAliveOptions {
  /** As the broker has it: it ends a connection that was silent for 1.5 times as long [MQTT-3.1.2-22]. */
  readonly seconds: number
  /** How late timers may be. A browser lets those of a hidden tab run once a minute. */
  readonly timersLateMs: number
  readonly ping: () => void
  /** No answer came: the connection is dead, whatever the socket says. */
  readonly dead: () => void
}

/**
 * Keeps the broker from ending the connection, and notices when there is no broker any more.
 *
 * Pings at a pace that holds even where timers are late, whatever else is sent: a client that only sends would not notice that nobody
 * listens.
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

  /** Something came from the broker. */
  heard(): void {
    this.#heard = true
  }

  /** Asks the broker now. Declares the connection dead when nothing comes in time. */
  probe(withinMs = patienceMs): void {
    clearTimeout(this.#timer)
    this.#heard = false
    const asked = Date.now()
    this.#options.ping()
    this.#timer = setTimeout(() => {
      if (this.#heard) {
        this.#wait()
      } else if (Date.now() - asked > 2 * withinMs) {
        // This machine slept: the answer may be there, but not read yet.
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

/** Three quarters of the keep-alive, or less where timers are late. */
export function pingIntervalMs(keepAliveSeconds: number, timersLateMs: number): number {
  const cutMs = keepAliveSeconds * 1_500
  return Math.max(leastIntervalMs, Math.min(keepAliveSeconds * 750, cutMs - timersLateMs - reserveMs))
}
