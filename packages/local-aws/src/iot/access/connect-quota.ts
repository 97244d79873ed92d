import { RateLimit } from '../../rate-limit.js'
import type { Limits } from './limits.js'

/** How often a client ID, and the account, may send CONNECT. */
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

  /** What is left of the account's quota. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** Fault: the next `times` CONNECTs find the quota used up. */
  throttle(times: number): void {
    this.#throttled = times
  }

  /** Fault: so many CONNECTs are left of the account's second; undefined: as many as the limits say. */
  limit(connectsPerSecond = this.#limits.connectsPerSecond): void {
    this.#perSecond = connectsPerSecond
    this.#account = new RateLimit(connectsPerSecond)
  }

  /** False when this client ID, or the account, connects too often at `now` (milliseconds). */
  take(clientId: string, now: number): boolean {
    if (this.#throttled > 0) {
      this.#throttled -= 1
      return false
    }
    const own = this.#clients.get(clientId) ?? new RateLimit(this.#limits.connectsPerSecondPerClientId)
    this.#clients.set(clientId, own)
    return own.take(now) && this.#account.take(now)
  }

  /** Forgets what no longer counts. */
  sweep(now: number): void {
    for (const [clientId, limit] of this.#clients) if (limit.idle(now)) this.#clients.delete(clientId)
  }
}
