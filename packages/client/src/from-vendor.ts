import type { VendResponse } from '@topic-credentials/grants'
import { type Backoff, DEFAULT_BACKOFF, waitBefore } from './backoff.js'
import { ClockSkewError, TopicCredentialsError, VendorBusyError, VendRefusedError } from './errors.js'
import { type AskedGrants, type AwsCredentialIdentity, type Vended, Vendor, type VendorOptions } from './vendor.js'
import { abortable, sleep } from './waiting.js'

/** Vended credentials, in the shape of every AWS SDK v3 client, with what the vendor said beside them. */
export interface VendedIdentity extends AwsCredentialIdentity {
  readonly sessionToken: string
  /** By the vendor's clock. */
  readonly expiration: Date
  /** Endpoint, region, user ID, client ID prefix and grants that these credentials stand for. */
  readonly vended: Omit<VendResponse, 'credentials'>
  /** The vendor's clock minus this machine's, in milliseconds. */
  readonly clockOffset: number
}

/** A credentials provider: `AwsCredentialIdentityProvider` of the AWS SDK v3, and two more calls. */
export interface VendedCredentialsProvider {
  (options?: { readonly signal?: AbortSignal }): Promise<VendedIdentity>
  /** AWS refused these credentials although they look fresh: the next call vends anew. Others are left alone. */
  invalidate(accessKeyId: string): void
  /**
   * Vends anew for other grants, which every later call gets; what is held already is kept where the vendor refuses.
   *
   * @throws VendRefusedError
   */
  ask(grants: AskedGrants): Promise<VendedIdentity>
  /** Closes the kept connection to the vendor. */
  close(): void
}

/** How `fromVendor` behaves; the defaults suit both one program and a fleet. */
export interface FromVendorOptions extends VendorOptions {
  readonly backoff?: Backoff
  /** Milliseconds since the epoch; a test or a simulation drives it. */
  readonly now?: () => number
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/**
 * Credentials from a vendor: one request in flight, reused while fresh, renewed before they expire.
 *
 * Renewal is due when between 80 and 90 % of the lifetime is over, at a point drawn once per credential, so that a fleet
 * which started together does not renew together. While a renewal fails with what may pass (network, 429, 5xx), the old
 * credentials go on being handed out until they expire. What cannot succeed (400, 401, 403, 413) is thrown at once.
 *
 * @example
 * const credentials = fromVendor({ url: outputs.CredentialsUrl })
 * const iot = new IoTDataPlaneClient({ credentials, region: 'eu-central-1' })
 */
export function fromVendor(options: FromVendorOptions): VendedCredentialsProvider {
  const cache = new VendedCredentialsCache(options)
  return Object.assign((call?: { readonly signal?: AbortSignal }) => cache.get(call?.signal), {
    invalidate: (accessKeyId: string) => cache.invalidate(accessKeyId),
    ask: (grants: AskedGrants) => cache.ask(grants),
    close: () => cache.close(),
  })
}

interface Held {
  readonly identity: VendedIdentity
  /** Both by this machine's clock. */
  readonly renewAt: number
  readonly expiresAt: number
}

class VendedCredentialsCache {
  readonly #vendor: Vendor
  readonly #backoff: Backoff
  readonly #now: () => number
  readonly #random: () => number
  readonly #closing = new AbortController()
  #asked: AskedGrants
  #clockOffset = 0
  #held: Held | undefined
  #pending: Promise<VendedIdentity> | undefined

  constructor(options: FromVendorOptions) {
    this.#vendor = new Vendor(options, options.now)
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF
    this.#asked = options.request ?? {}
    this.#now = options.now ?? Date.now
    this.#random = options.random ?? Math.random
  }

  async get(signal?: AbortSignal): Promise<VendedIdentity> {
    const held = this.#held
    if (held !== undefined && this.#now() < held.renewAt) return held.identity
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

  invalidate(accessKeyId: string): void {
    if (this.#held?.identity.accessKeyId === accessKeyId) this.#held = undefined
  }

  close(): void {
    this.#closing.abort(new TopicCredentialsError('The credentials provider is closed', CLOSED))
    this.#vendor.close()
  }

  /** One request in flight: whoever comes while it is gets its answer. */
  async #single(request: Promise<VendedIdentity>): Promise<VendedIdentity> {
    try {
      return await request
    } finally {
      this.#pending = undefined
    }
  }

  async #renew(asked: AskedGrants): Promise<VendedIdentity> {
    const signal = this.#closing.signal
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        return this.#hold(await this.#vendor.vend(asked, this.#clockOffset, signal))
      } catch (error) {
        if (error instanceof ClockSkewError && this.#correctClock(error.clockOffset)) continue
        if (!mayPass(error)) throw error
        const held = this.#held
        if (held !== undefined && asked === this.#asked && this.#now() < held.expiresAt) return held.identity
        if (attempt >= this.#backoff.attempts) throw error
        const retryAfterMs = error instanceof VendorBusyError ? error.retryAfterMs : undefined
        await sleep(waitBefore(attempt, this.#backoff, this.#random(), retryAfterMs), signal)
      }
    }
  }

  /** True when the correction is news: then the same request, dated anew, may succeed. */
  #correctClock(clockOffset: number): boolean {
    const news = Math.abs(clockOffset - this.#clockOffset) > SKEW_NEWS_MS
    this.#clockOffset = clockOffset
    return news
  }

  #hold({ response, clockOffset }: Vended): VendedIdentity {
    const { credentials, ...vended } = response
    const expiration = new Date(credentials.expiration)
    const now = this.#now()
    const expiresAt = expiration.getTime() - clockOffset
    const identity = { ...credentials, expiration, vended, clockOffset }
    this.#clockOffset = clockOffset
    this.#held = { identity, expiresAt, renewAt: renewAt(now, expiresAt, this.#random()) }
    return identity
  }
}

/** Between 80 and 90 % of the way from `now` to `expiresAt`. */
export function renewAt(now: number, expiresAt: number, random: number): number {
  return now + (expiresAt - now) * (0.8 + 0.1 * random)
}

/** Below this a second correction is noise: Date headers have whole seconds, and AWS accepts five minutes. */
const SKEW_NEWS_MS = 60_000

const CLOSED = { code: 'session_closed', remedy: 'Make a new provider with fromVendor.' } as const

function mayPass(error: unknown): boolean {
  if (error instanceof VendRefusedError) return false
  return (
    error instanceof TopicCredentialsError && (error.code === 'vendor_unavailable' || error.code === 'host_not_found')
  )
}
