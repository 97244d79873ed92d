/**
 * The times of this process's CONNECTs with one client ID. AWS IoT limits CONNECTs per client ID, across reconnects, `grant()` and new
 * sessions: one per second by its quotas, in practice perhaps one in ten seconds (aws-greengrass-nucleus#1003).
 *
 * A CONNECT is dated by the latest time at which it can have been sent: at the CONNACK, or at the failure of the attempt, because a request
 * that was signed early may be sent late.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
export class ConnectLog {
  static readonly #logs = new Map<string, ConnectLog>()

  /** The latest time at which the last CONNECT can have been sent. */
  #lastAt = Number.NEGATIVE_INFINITY
  /** The same for the last one that was accepted, or may have been. */
  #acceptedAt = Number.NEGATIVE_INFINITY

  /** The shared log of a client ID at an endpoint. */
  static of({ host, port }: { readonly host: string; readonly port: number }, clientId: string): ConnectLog {
    const key = `${host}:${port} ${clientId}`
    const log = ConnectLog.#logs.get(key) ?? new ConnectLog()
    for (const [other, { idle }] of ConnectLog.#logs) if (idle) ConnectLog.#logs.delete(other)
    ConnectLog.#logs.set(key, log)
    return log
  }

  /**
   * Takes the turn for a CONNECT if one is available now. Returns the milliseconds until the next one, or 0 if it was taken.
   *
   * Nothing is reserved ahead: an attempt that is abandoned while it waits would keep the turn from the next one.
   */
  takeTurn(intervalMs: number): number {
    const now = performance.now()
    const wait = Math.max(0, this.#lastAt + intervalMs - now)
    if (wait === 0) this.#lastAt = now
    return wait
  }

  /** Records the end of an attempt. @param accepted whether the CONNECT was accepted, or may have been */
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

/** Logs that are unused for this long are deleted. */
const forgottenMs = 60_000
