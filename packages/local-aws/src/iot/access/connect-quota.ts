import { RateLimit } from '../../rate-limit.js'
import type { Limits } from './limits.js'

/** The CONNECT rates per client ID and per account. */
export class ConnectQuota {
  readonly #limits: Limits
  #account: RateLimit
  #perSecond: number
  readonly #clients = new Map<string, RateLimit>()
  #throttled = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#perSecond = limits.connectsPerSecond
    this.#account = new RateLimit(this.#perSecond)
  }

  /** The rest of the account's quota. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** Fault: the next `times` CONNECTs exceed the quota. */
  throttle(times: number): void {
    this.#throttled = times
  }

  /** Fault: reduces the account's quota per second; undefined: the normal limit. */
  limit(connectsPerSecond = this.#limits.connectsPerSecond): void {
    this.#perSecond = connectsPerSecond
    this.#account = new RateLimit(connectsPerSecond)
  }

  /** False if this client ID, or the account, connects too often at `now` (milliseconds). */
  take(clientId: string, now: number): boolean {
    if (this.#throttled > 0) {
      this.#throttled -= 1
      return false
    }
    const own = this.#clients.get(clientId) ?? new RateLimit(this.#limits.connectsPerSecondPerClientId)
    this.#clients.set(clientId, own)
    return own.take(now) && this.#account.take(now)
  }

  /** Removes entries that no longer matter. */
  sweep(now: number): void {
    for (const [clientId, limit] of this.#clients) if (limit.idle(now)) this.#clients.delete(clientId)
  }
}
