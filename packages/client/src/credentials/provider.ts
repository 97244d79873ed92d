import { spreadLimits } from '@topic-credentials/grants/core'
import { mayPass } from '../common-errors.js'
import { ClockSkewError, TopicCredentialsError, VendorBusyError } from '../errors.js'
import { abortable, sleep } from '../support/abort.js'
import { rare } from '../support/rare.js'
import { type Backoff, defaultBackoff, reconnectDelay, retryDelay } from '../support/retry-delay.js'
import type { Vended } from './vendor-client.js'
import type { AskedGrants, VendedIdentity } from './vendor-options.js'

/** A credentials provider: `AwsCredentialIdentityProvider` of the AWS SDK v3 with four additional methods. */
export interface VendedCredentialsProvider {
  (options?: { readonly signal?: AbortSignal }): Promise<VendedIdentity>
  /** Reports that AWS refused these credentials although they are fresh: the next call requests new ones. Other credentials are not affected. */
  invalidate(accessKeyId: string): void
  /**
   * Requests credentials with other grants, which all later calls get. If the vendor refuses, the current credentials are kept.
   *
   * @throws VendRefusedError
   */
  ask(grants: AskedGrants): Promise<VendedIdentity>
  /**
   * Requests credentials with the same grants even if the current ones are fresh, to verify that the grants are still valid.
   *
   * @throws VendRefusedError
   */
  refresh(): Promise<VendedIdentity>
  /** Closes the keep-alive connection to the vendor. */
  close(): void
}

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

/** Smaller corrections are ignored: Date headers have a resolution of one second, and AWS accepts five minutes. */
const skewNewsMs = 60_000

/**
 * A provider for any source: at most one request at a time; credentials are reused while fresh and renewed before they expire.
 *
 * @param timing for tests and simulations, which control the clock
 */
export function fromSource(
  source: CredentialSource,
  { spreadSeconds, backoff = defaultBackoff, request = {} }: RefreshOptions,
  timing: Partial<RefreshTiming> = {},
): VendedCredentialsProvider {
  const { now, random, pause } = { ...realTiming, ...timing }
  const closing = new AbortController()
  const { signal } = closing
  let asked = request
  let clockOffset = 0
  /** The current credentials, and two times by the local clock. */
  let held: { readonly identity: VendedIdentity; readonly renewAt: number; readonly expiresAt: number } | undefined
  /** The user of the first response. */
  let userId: string | undefined
  let pending: Promise<VendedIdentity> | undefined

  async function get(call?: { readonly signal?: AbortSignal }): Promise<VendedIdentity> {
    if (held !== undefined && now() < held.renewAt) return held.identity
    pending ??= single(renew(asked))
    return abortable(pending, call?.signal)
  }

  async function ask(grants: AskedGrants): Promise<VendedIdentity> {
    // After a renewal in progress, so that it cannot restore the old grants.
    while (pending !== undefined) await pending.catch(() => {})
    pending = single(renew(grants))
    const identity = await pending
    asked = grants
    return identity
  }

  /** At most one request at a time: concurrent calls share its result. */
  async function single(requested: Promise<VendedIdentity>): Promise<VendedIdentity> {
    try {
      return await requested
    } finally {
      pending = undefined
    }
  }

  async function renew(grants: AskedGrants): Promise<VendedIdentity> {
    if (!spreadIsValid(spreadSeconds)) throw (await rare()).spreadInvalid(spreadSeconds)
    let throttled = 0
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await hold(await source.vend(grants, clockOffset, signal))
      } catch (error) {
        if (error instanceof ClockSkewError && correctClock(error.clockOffset)) continue
        if (!mayPass(error)) throw error
        if (held !== undefined && grants === asked && now() < held.expiresAt) return held.identity
        if (attempt >= backoff.attempts) throw error
        const busy = error instanceof VendorBusyError ? error : undefined
        if (busy?.throttled) throttled += 1
        await pause(delayAfter(busy, attempt, throttled), signal)
      }
    }
  }

  /** The delay before the next attempt: spread over the fleet's period after throttling, otherwise exponential backoff. */
  function delayAfter(busy: VendorBusyError | undefined, attempt: number, throttled: number): number {
    const spread = held?.identity.vended.spreadSeconds ?? spreadSeconds
    if (!busy?.throttled || spread === undefined) return retryDelay(attempt, backoff, random(), busy?.retryAfterMs)
    return (busy.retryAfterMs ?? 0) + reconnectDelay('throttled', throttled, random(), spread * 1000)
  }

  /** True if the correction is new: then the same request with a new date may succeed. */
  function correctClock(measured: number): boolean {
    const news = Math.abs(measured - clockOffset) > skewNewsMs
    clockOffset = measured
    return news
  }

  async function hold(answer: Vended): Promise<VendedIdentity> {
    const { credentials, ...vended } = answer.response
    userId ??= vended.userId
    if (vended.userId !== userId) throw (await rare()).userChanged(userId, vended.userId)
    clockOffset = answer.clockOffset
    const expiration = new Date(credentials.expiration)
    const spread = spreadSeconds === undefined ? {} : { spreadSeconds }
    const identity = { ...credentials, expiration, vended: { ...vended, ...spread }, clockOffset }
    const expiresAt = expiration.getTime() - clockOffset
    // A time between 80 and 90 % of the way to the expiration.
    const renewAt = now() + (expiresAt - now()) * (0.8 + 0.1 * random())
    held = { identity, expiresAt, renewAt }
    return identity
  }

  return Object.assign(get, {
    ask,
    refresh: () => ask(asked),
    invalidate(accessKeyId: string) {
      if (held?.identity.accessKeyId === accessKeyId) held = undefined
    },
    close() {
      closing.abort(closedError())
      source.close()
    },
  })
}

function spreadIsValid(seconds: number = spreadLimits.minimum): boolean {
  return seconds >= spreadLimits.minimum && seconds <= spreadLimits.maximum
}

function closedError(): TopicCredentialsError {
  return new TopicCredentialsError('The credentials provider is closed', {
    code: 'session_closed',
    remedy: 'Create a new provider with fromVendor.',
  })
}
