import { parseJson, recordOf, spreadLimits } from '@topic-credentials/grants/core'
import { type Problem, parseProblem } from '@topic-credentials/grants/problem'
import { ClockSkewError, type TopicCredentialsError, VendorBusyError, VendRefusedError } from '../errors.js'

/** A response other than 200, from the vendor or from API Gateway. */
export interface RefusedAnswer {
  readonly status: number
  readonly body: string
  /** The header `www-authenticate` if a token was sent, or '' if it cannot be read. Undefined if no token was sent. */
  readonly challenge?: string | undefined
  /** The Retry-After header, in seconds. */
  readonly retryAfter: string | undefined
  /** The vendor's clock minus the local clock, in milliseconds. */
  readonly clockOffset: number
  readonly url: URL
}

/** AWS accepts a signature whose date differs at most this much from its own clock. */
const acceptedSkewMs = 5 * 60_000

/** Classifies a response: temporary (429, 5xx), caused by a wrong clock, or a refusal. */
export function vendRefusal({
  status,
  body,
  challenge,
  retryAfter,
  clockOffset,
  url,
}: RefusedAnswer): TopicCredentialsError {
  const problem = parseProblem(parseJson(body))
  const said = problem?.detail ?? problem?.title ?? messageOf(body) ?? 'no reason given'
  if (status === 429 || status >= 500) {
    // A 503 that is not a problem document comes from API Gateway and means Lambda's concurrency limit.
    const throttled = status === 429 || (status === 503 && problem === undefined)
    return new VendorBusyError(`The credential vendor responded with ${status}: ${said}`, {
      retryAfterMs: milliseconds(retryAfter),
      throttled,
      remedy: 'This is usually temporary. If it persists, check the log and the alarms of the vending function.',
    })
  }
  // With a wrong clock, a signature is refused with 403; a token is refused with 401.
  if (status === 403 && problem === undefined && challenge === undefined && Math.abs(clockOffset) > acceptedSkewMs) {
    return clockSkew(clockOffset, url.host)
  }
  return new VendRefusedError(`The credential vendor responded with ${status}: ${said}`, {
    status,
    problem,
    value: url.href,
    remedy: remedyFor(status, problem, challenge),
  })
}

/** The local clock is wrong by this much, as `server` measures. */
export function clockSkew(clockOffset: number, server: string): ClockSkewError {
  const minutes = Math.round(Math.abs(clockOffset) / 60_000)
  const direction = clockOffset > 0 ? 'behind' : 'ahead of'
  return new ClockSkewError(`This machine’s clock is ${minutes} minutes ${direction} that of ${server}`, {
    clockOffset,
    value: `${clockOffset} ms`,
    remedy: 'Set the clock: AWS only accepts signatures that are at most five minutes old.',
  })
}

/** The header's seconds, at most a day: a timer with more than 2^31 ms would fire immediately. */
function milliseconds(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter)
  if (retryAfter === undefined || !(seconds >= 0)) return undefined
  return Math.min(seconds, spreadLimits.maximum) * 1000
}

function remedyFor(status: number, problem: Problem | undefined, challenge: string | undefined): string {
  if (problem?.code === 'not_entitled') {
    return 'Request fewer grants, or ask the operator to extend the entitlements.'
  }
  if (problem !== undefined) return problem.remedy ?? 'Change the request as described in the message.'
  if (status === 401) return refusedToken(challenge)
  if (status === 403 && challenge !== undefined) return missingScope(challenge)
  if (status === 403) {
    return 'Check the caller’s credentials and its permission execute-api:Invoke for this API.'
  }
  if (status === 404) return 'Use the unchanged value of the stack’s output CredentialsUrl.'
  return 'See the log of the vending function for this request.'
}

/** API Gateway says why it refuses a token (RFC 6750 section 3). Browsers hide this header from other origins. */
function refusedToken(challenge: string | undefined): string {
  if (challenge === undefined) return 'This API only accepts tokens: set `token`, --token-file or --as (stand-in).'
  const why = /error_description="([^"]*)"/u.exec(challenge)?.[1]
  return why === undefined ? 'Get a new token: this one was not accepted.' : `Get a new token: ${why}.`
}

/** A valid token without the scope of the route (RFC 6750 section 3.1). */
function missingScope(challenge: string): string {
  const scope = /scope="([^"]+)"/u.exec(challenge)?.[1]
  return scope === undefined
    ? 'Sign in with the scope that this API requires: the token does not have it.'
    : `Sign in with the scope ${scope}: the token does not have it.`
}

/** API Gateway's own error format: `{"message":"Forbidden"}`. */
function messageOf(body: string): string | undefined {
  const { message } = recordOf(parseJson(body))
  return message === undefined ? undefined : String(message)
}
