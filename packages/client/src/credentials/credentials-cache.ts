import { spreadLimits } from '@topic-credentials/grants/core'
import {
  type ClientErrorCode,
  ClockSkewError,
  TopicCredentialsError,
  VendorBusyError,
  VendRefusedError,
} from '../errors.js'
import { abortable, sleep } from '../support/abort.js'
import { type Backoff, defaultBackoff, reconnectDelay, retryDelay } from '../support/retry-delay.js'
import type { Vended } from './vendor-client.js'
import type { AskedGrants, VendedIdentity } from './vendor-options.js'

/** When to ask the vendor, and when again. */
export interface RefreshOptions {
  /** What to ask for. Default: all that the caller is entitled to. */
  readonly request?: AskedGrants
  readonly backoff?: Backoff
  /**
   * Time in which AWS's quotas serve your whole fleet, in seconds, 1 to 86,400: whoever is throttled, by the vendor or by AWS IoT,
   * comes back at random within it. For N clients 1.1 × N / 500 by AWS's default quotas. Default: what the vendor says, which it
   * can only say to clients that it has served.
   */
  readonly spreadSeconds?: number
}

/** The clock and the chance that a cache goes by; a test or a simulation drives them. */
export interface RefreshTiming {
  /** Milliseconds since the epoch. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** Waits between two tries. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

const realTiming: RefreshTiming = { now: () => Date.now(), random: () => Math.random(), pause: sleep }

/** What vends: `VendorClient` asks over HTTPS. */
export interface CredentialSource {
  vend(asked: AskedGrants, clockOffset: number, signal?: AbortSignal): Promise<Vended>
  close(): void
}

interface Held {
  readonly identity: VendedIdentity
  /** Both by this machine's clock. */
  readonly renewAt: number
  readonly expiresAt: number
}

/** What `fromVendor` hands out: one request in flight, reused while fresh, renewed before they expire. */
export class CredentialsCache {
  readonly #vendor: CredentialSource
  readonly #backoff: Backoff
  readonly #timing: RefreshTiming
  readonly #spreadSeconds: number | undefined
  #asked: AskedGrants
  #clockOffset = 0
  #held: Held | undefined
  /** Whom the first answer was for. */
  #userId: string | undefined
  #pending: Promise<VendedIdentity> | undefined
  /** Ends the renewal that is under way. */
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
    // After a renewal that is under way, so that it cannot put the old grants back.
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

  /** One request in flight: calls that come meanwhile share its answer. */
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
        return this.#hold(await this.#vendor.vend(asked, this.#clockOffset, signal))
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

  /** A quota that is used up is waited for with the rest of the fleet; whatever else may pass, with a backoff. */
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

  /** True when the correction is news: then the same request, dated anew, may succeed. */
  #correctClock(clockOffset: number): boolean {
    const news = Math.abs(clockOffset - this.#clockOffset) > skewNewsMs
    this.#clockOffset = clockOffset
    return news
  }

  #hold({ response, clockOffset }: Vended): VendedIdentity {
    const { credentials, ...vended } = response
    this.#userId ??= vended.userId
    if (vended.userId !== this.#userId) throw userChanged(this.#userId, vended.userId)
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

/** Between 80 and 90 % of the way from `now` to `expiresAt`. */
function renewAt(now: number, expiresAt: number, random: number): number {
  return now + (expiresAt - now) * (0.8 + 0.1 * random)
}

function checkSpread(seconds: number | undefined): number | undefined {
  const { minimum, maximum } = spreadLimits
  if (seconds === undefined || (seconds >= minimum && seconds <= maximum)) return seconds
  throw new TopicCredentialsError(`The fleet cannot be spread over ${seconds} s`, {
    code: 'invalid_argument',
    value: String(seconds),
    remedy: 'Give spreadSeconds from 1 to 86,400: about 1.1 × clients / 500.',
  })
}

/** Below this a second correction is noise: Date headers have whole seconds, and AWS accepts five minutes. */
const skewNewsMs = 60_000

/** Another user has other topics and client IDs: what was subscribed, published and queued belongs to the one before. */
function userChanged(before: string, now: string): TopicCredentialsError {
  return new TopicCredentialsError(`The vendor takes this caller for ${now}, and took it for ${before} before`, {
    code: 'user_changed',
    value: now,
    remedy:
      'Give the AWS credentials a session name that stays (role_session_name, AWS_ROLE_SESSION_NAME), or begin a new session as the new user.',
  })
}

function closedError(): TopicCredentialsError {
  return new TopicCredentialsError('The credentials provider is closed', {
    code: 'session_closed',
    remedy: 'Make a new provider with fromVendor.',
  })
}

function mayPass(error: unknown): boolean {
  if (error instanceof VendRefusedError) return false
  return error instanceof TopicCredentialsError && passing.has(error.code)
}

const passing: ReadonlySet<ClientErrorCode> = new Set(['host_not_found', 'vendor_timed_out', 'vendor_unavailable'])
