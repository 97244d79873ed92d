/**
 * When this process connected with one client ID. AWS IoT counts CONNECTs for each client ID, over reconnects, `grant()` and new sessions
 * alike: one a second by its quotas, in practice perhaps one in ten (aws-greengrass-nucleus#1003).
 *
 * A CONNECT counts from the latest moment at which it can have gone out: CONNACK, or the failure of the attempt. What is signed early may
 * be sent late.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
export class ConnectLog {
  static readonly #logs = new Map<string, ConnectLog>()

  /** The latest moment at which the last CONNECT can have gone out. */
  #lastAt = Number.NEGATIVE_INFINITY
  /** The same of the last one that was accepted, or may have been. */
  #acceptedAt = Number.NEGATIVE_INFINITY

  /** The one log of a client ID at an endpoint. */
  static of({ host, port }: { readonly host: string; readonly port: number }, clientId: string): ConnectLog {
    const key = `${host}:${port} ${clientId}`
    const log = ConnectLog.#logs.get(key) ?? new ConnectLog()
    // Anew at the end, so that the first ones are those that were not used for longest.
    ConnectLog.#logs.delete(key)
    for (const [other, { idle }] of ConnectLog.#logs) {
      if (!idle) break
      ConnectLog.#logs.delete(other)
    }
    ConnectLog.#logs.set(key, log)
    return log
  }

  /** Milliseconds until the next CONNECT may go out. That turn is taken then. */
  takeTurn(intervalMs: number): number {
    const now = performance.now()
    const at = Math.max(now, this.#lastAt + intervalMs)
    this.#lastAt = at
    return at - now
  }

  /** An attempt is over. @param accepted whether the CONNECT was accepted, or may have been */
  settled(accepted: boolean): void {
    const now = performance.now()
    this.#lastAt = Math.max(this.#lastAt, now)
    if (accepted) this.#acceptedAt = now
  }

  /** Milliseconds since the last CONNECT that was accepted, or may have been. */
  get sinceAccepted(): number {
    return performance.now() - this.#acceptedAt
  }

  get idle(): boolean {
    return performance.now() - this.#lastAt > forgottenMs
  }
}

/** A log that was not used for so long says nothing any more. */
const forgottenMs = 60_000
