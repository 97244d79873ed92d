import { spreadLimits } from '@topic-credentials/grants/core'
import { mayPass } from '../common-errors.js'
import { ClockSkewError, TopicCredentialsError, VendorBusyError } from '../errors.js'
import { abortable, sleep } from '../support/abort.js'
import { rare } from '../support/rare.js'
import { type Backoff, defaultBackoff, reconnectDelay, retryDelay } from '../support/retry-delay.js'
import type { Vended } from './vendor-client.js'
import type { AskedGrants, VendedIdentity } from './vendor-options.js'

/** When to request credentials, and when to retry. */
export interface RefreshOptions {
  /** The grants to request. Default: all that the caller is entitled to. */
  readonly request?: AskedGrants
  readonly backoff?: Backoff
  /**
   * The period in which AWS's quotas can serve your whole fleet, in seconds, 1 to 86,400: a client that is throttled by the vendor or by AWS
   * IoT retries at a random time within it. For N clients 1.1 × N / 500 with AWS's default quotas. Default: the value from the vendor, which
   * only reaches clients that have received a response.
   */
  readonly spreadSeconds?: number
}

/** Clock and random numbers of a cache; replaced in tests and simulations. */
export interface RefreshTiming {
  /** Milliseconds since the epoch. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** Waits between two attempts. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

const realTiming: RefreshTiming = { now: () => Date.now(), random: () => Math.random(), pause: sleep }

/** The source of credentials: `VendorClient` requests them over HTTPS. */
export interface CredentialSource {
  vend(asked: AskedGrants, clockOffset: number, signal?: AbortSignal): Promise<Vended>
  close(): void
}

interface Held {
  readonly identity: VendedIdentity
  /** Both by the local clock. */
  readonly renewAt: number
  readonly expiresAt: number
}

/** The cache of `fromVendor`: at most one request at a time, credentials are reused while fresh and renewed before they expire. */
export class CredentialsCache {
  readonly #vendor: CredentialSource
  readonly #backoff: Backoff
  readonly #timing: RefreshTiming
  readonly #spreadSeconds: number | undefined
  #asked: AskedGrants
  #clockOffset = 0
  #held: Held | undefined
  /** The user of the first response. */
  #userId: string | undefined
  #pending: Promise<VendedIdentity> | undefined
  /** Aborts a renewal in progress. */
  #renewal: AbortController | undefined
  #closed = false

  constructor(source: CredentialSource, options: RefreshOptions, timing: Partial<RefreshTiming> = {}) {
    this.#vendor = source
    this.#spreadSeconds = checkSpread(options.spreadSeconds)
    this.#backoff = options.backoff ?? defaultBackoff
    this.#asked = options.request ?? {}
    this.#timing = { ...realTiming, ...timing }
  }

  async get(signal?: AbortSignal): Promise<VendedIdentity> {
    const held = this.#held
    if (held !== undefined && this.#timing.now() < held.renewAt) return held.identity
    this.#pending ??= this.#single(this.#renew(this.#asked))
    return abortable(this.#pending, signal)
  }

  async ask(grants: AskedGrants): Promise<VendedIdentity> {
    // After a renewal in progress, so that it cannot restore the old grants.
    while (this.#pending !== undefined) await this.#pending.catch(() => {})
    this.#pending = this.#single(this.#renew(grants))
    const identity = await this.#pending
    this.#asked = grants
    return identity
  }

  refresh(): Promise<VendedIdentity> {
    return this.ask(this.#asked)
  }

  invalidate(accessKeyId: string): void {
    if (this.#held?.identity.accessKeyId === accessKeyId) this.#held = undefined
  }

  close(): void {
    this.#closed = true
    this.#renewal?.abort(closedError())
    this.#vendor.close()
  }

  /** At most one request at a time: concurrent calls share its result. */
  async #single(request: Promise<VendedIdentity>): Promise<VendedIdentity> {
    try {
      return await request
    } finally {
      this.#pending = undefined
      this.#renewal = undefined
    }
  }

  async #renew(asked: AskedGrants): Promise<VendedIdentity> {
    if (this.#closed) throw closedError()
    this.#renewal = new AbortController()
    const { signal } = this.#renewal
    let throttled = 0
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await this.#hold(await this.#vendor.vend(asked, this.#clockOffset, signal))
      } catch (error) {
        if (error instanceof ClockSkewError && this.#correctClock(error.clockOffset)) continue
        if (!mayPass(error)) throw error
        const held = this.#held
        if (held !== undefined && asked === this.#asked && this.#timing.now() < held.expiresAt) return held.identity
        if (attempt >= this.#backoff.attempts) throw error
        if (error instanceof VendorBusyError && error.throttled) throttled += 1
        await this.#timing.pause(this.#waitAfter(error, attempt, throttled), signal)
      }
    }
  }

  /** The delay before the next attempt: spread over the fleet's period after throttling, otherwise exponential backoff. */
  #waitAfter(error: unknown, attempt: number, throttled: number): number {
    const busy = error instanceof VendorBusyError ? error : undefined
    const spreadSeconds = this.#held?.identity.vended.spreadSeconds ?? this.#spreadSeconds
    if (busy?.throttled && spreadSeconds !== undefined) {
      return (
        (busy.retryAfterMs ?? 0) + reconnectDelay('throttled', throttled, this.#timing.random(), spreadSeconds * 1000)
      )
    }
    return retryDelay(attempt, this.#backoff, this.#timing.random(), busy?.retryAfterMs)
  }

  /** True if the correction is new: then the same request with a new date may succeed. */
  #correctClock(clockOffset: number): boolean {
    const news = Math.abs(clockOffset - this.#clockOffset) > skewNewsMs
    this.#clockOffset = clockOffset
    return news
  }

  async #hold({ response, clockOffset }: Vended): Promise<VendedIdentity> {
    const { credentials, ...vended } = response
    this.#userId ??= vended.userId
    if (vended.userId !== this.#userId) throw (await rare()).userChanged(this.#userId, vended.userId)
    const expiration = new Date(credentials.expiration)
    const now = this.#timing.now()
    const expiresAt = expiration.getTime() - clockOffset
    const spread = this.#spreadSeconds === undefined ? {} : { spreadSeconds: this.#spreadSeconds }
    const identity = { ...credentials, expiration, vended: { ...vended, ...spread }, clockOffset }
    this.#clockOffset = clockOffset
    this.#held = { identity, expiresAt, renewAt: renewAt(now, expiresAt, this.#timing.random()) }
    return identity
  }
}

/** A time between 80 and 90 % of the way from `now` to `expiresAt`. */
function renewAt(now: number, expiresAt: number, random: number): number {
  return now + (expiresAt - now) * (0.8 + 0.1 * random)
}

function checkSpread(seconds: number | undefined): number | undefined {
  const { minimum, maximum } = spreadLimits
  if (seconds === undefined || (seconds >= minimum && seconds <= maximum)) return seconds
  throw new TopicCredentialsError(`spreadSeconds is ${seconds}`, {
    code: 'invalid_argument',
    value: String(seconds),
    remedy: 'Set spreadSeconds to a value from 1 to 86,400: about 1.1 × clients / 500.',
  })
}

/** Smaller corrections are ignored: Date headers have a resolution of one second, and AWS accepts five minutes. */
const skewNewsMs = 60_000

function closedError(): TopicCredentialsError {
  return new TopicCredentialsError('The credentials provider is closed', {
    code: 'session_closed',
    remedy: 'Create a new provider with fromVendor.',
  })
}
