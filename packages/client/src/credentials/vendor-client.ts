import { parseJson, parseVendResponse, type VendResponse } from '@topic-credentials/grants/core'
import { overdue } from '../common-errors.js'
import { TopicCredentialsError } from '../errors.js'
import { withDeadline } from '../support/deadline.js'
import { loaded } from '../support/loaded.js'
import { isLoopback } from '../support/loopback.js'
import { rare } from '../support/rare.js'
import type { AskedGrants, VendorOptions } from './vendor-options.js'

/** Timeout of one request, from obtaining the caller's own credentials to the last byte of the response. */
export const defaultTimeoutMs = 10_000

/** A response of the vendor, with its clock. */
export interface Vended {
  readonly response: VendResponse
  /** Server time minus local time in milliseconds, from the Date header; 0 if there is none. */
  readonly clockOffset: number
}

/** The HTTP response, whatever its status. */
export interface HttpAnswer {
  readonly status: number
  readonly date: string | undefined
  readonly retryAfter: string | undefined
  readonly body: string
  /** Of a token that was sent: `www-authenticate`, or ''. */
  readonly challenge?: string | undefined
}

/** Posts JSON to one URL with the caller's authentication, over a keep-alive connection. */
export interface VendorPost {
  /**
   * @param signal aborts the request, with the signal's reason
   * @param asking called when the caller's credentials are available and the request is sent
   * @throws TopicCredentialsError `host_not_found`, `tls_trust`, `vendor_unavailable`, `credentials_not_found`
   */
  send(json: string, signingDate: Date, signal: AbortSignal, asking: () => void): Promise<HttpAnswer>
  close(): void
}

/** Requests credentials from one vendor with one HTTP request per call over a keep-alive connection. */
export class VendorClient {
  readonly #url: URL
  readonly #now: () => number
  readonly #timeoutMs: number
  readonly #openPost: (url: URL) => Promise<VendorPost>
  /** Opened by the first call. */
  #post: Promise<VendorPost> | undefined
  #closed = false

  constructor(
    { url, timeoutMs = defaultTimeoutMs }: Pick<VendorOptions, 'timeoutMs' | 'url'>,
    openPost: (url: URL) => Promise<VendorPost>,
    now: () => number = Date.now,
  ) {
    this.#openPost = openPost
    this.#timeoutMs = timeoutMs
    this.#now = now
    this.#url = parseUrl(url)
  }

  /**
   * Sends one request and returns its response.
   *
   * @param asked the grants to request
   * @param clockOffset server time minus local time, if known; used to date the signature
   * @throws VendRefusedError the vendor refused (400, 401, 403, 404, 413, …): a retry does not help
   * @throws VendorBusyError 429 and 5xx: a later retry may help
   * @throws TopicCredentialsError `host_not_found`, `tls_trust`, `vendor_unavailable`, `vendor_timed_out`, `credentials_not_found`,
   *   `credentials_timed_out`
   */
  async vend(asked: AskedGrants, clockOffset: number, signal?: AbortSignal): Promise<Vended> {
    this.#post ??= this.#open()
    const post = await this.#post
    const signingDate = new Date(this.#now() + clockOffset)
    let asking = false
    const send = (until: AbortSignal) =>
      post.send(JSON.stringify(asked), signingDate, until, () => {
        asking = true
      })
    const late = () => (asking ? this.#overdue() : proofOverdue(this.#timeoutMs))
    const { status, date, retryAfter, body, challenge } = await withDeadline(send, this.#timeoutMs, late, signal)
    const serverTime = Date.parse(date ?? '')
    const offset = Number.isNaN(serverTime) ? 0 : serverTime - this.#now()
    if (status === 200) return { response: await this.#parse(body), clockOffset: offset }
    const { vendRefusal } = await loaded(() => import('./vendor-error.js'))
    throw vendRefusal({ status, body, challenge, retryAfter, clockOffset: offset, url: this.#url })
  }

  /** Closes the keep-alive connection, so that the process can exit. */
  close(): void {
    this.#closed = true
    this.#post?.then((post) => post.close()).catch(() => {})
  }

  async #open(): Promise<VendorPost> {
    const post = await this.#openPost(this.#url)
    if (this.#closed) post.close()
    return post
  }

  #overdue(): TopicCredentialsError {
    return overdue(`The credential vendor (${this.#url.host}) did not respond`, this.#timeoutMs, {
      code: 'vendor_timed_out',
      value: this.#url.host,
      remedy:
        'The client retries. If the problem persists, check the network, then the log and the alarms of the vending function.',
    })
  }

  async #parse(body: string): Promise<VendResponse> {
    try {
      return parseVendResponse(parseJson(body))
    } catch (cause) {
      throw (await rare()).noVendor(this.#url.href, cause)
    }
  }
}

function proofOverdue(ms: number): TopicCredentialsError {
  return overdue('The credentials or the token for the vendor were not available', ms, {
    code: 'credentials_timed_out',
    remedy:
      'Check why `token` or `credentials` does not resolve, or the AWS credential chain (a credential_process, the network).',
  })
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:') return url
  // Plain HTTP only to this machine, because the request authenticates the caller.
  if (url?.protocol === 'http:' && isLoopback(url.hostname)) return url
  throw new TopicCredentialsError(`'${text}' is not the https URL of a credential vendor`, {
    code: 'invalid_argument',
    value: text,
    remedy: 'Use the stack’s output CredentialsUrl: https://….execute-api.<region>.amazonaws.com/credentials',
  })
}
