import { parseJson, readVendResponse, type VendResponse } from '@topic-credentials/grants/core'
import { overdue, vendorOverdue } from '../common-errors.js'
import type { TopicCredentialsError } from '../errors.js'
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
  /** The header `www-authenticate` if a token was sent, or ''. */
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
  readonly #url: URL | undefined
  readonly #options: Pick<VendorOptions, 'timeoutMs' | 'url'>
  readonly #now: () => number
  readonly #openPost: (url: URL) => Promise<VendorPost>
  /** Opened by the first call. */
  #post: Promise<VendorPost> | undefined
  #closed = false

  constructor(
    options: Pick<VendorOptions, 'timeoutMs' | 'url'>,
    openPost: (url: URL) => Promise<VendorPost>,
    now: () => number = Date.now,
  ) {
    this.#url = parseUrl(options.url)
    this.#options = options
    this.#openPost = openPost
    this.#now = now
  }

  /**
   * Sends one request and returns its response.
   *
   * @param asked the grants to request
   * @param clockOffset server time minus local time, if known; used to date the signature
   * @throws VendRefusedError the vendor refused (400, 401, 403, 404, 413, …): a retry does not help
   * @throws VendorBusyError 429 and 5xx: a later retry may help
   * @throws TopicCredentialsError `host_not_found`, `tls_trust`, `vendor_unavailable`, `vendor_timed_out`, `credentials_not_found`,
   *   `credentials_timed_out`; `invalid_argument` if the URL is not that of a vendor
   */
  async vend(asked: AskedGrants, clockOffset: number, signal?: AbortSignal): Promise<Vended> {
    const url = this.#url
    const { url: text, timeoutMs = defaultTimeoutMs } = this.#options
    if (url === undefined) throw (await rare()).vendorUrlInvalid(text)
    this.#post ??= this.#open(url)
    const post = await this.#post
    const signingDate = new Date(this.#now() + clockOffset)
    let asking = false
    const send = (until: AbortSignal) =>
      post.send(JSON.stringify(asked), signingDate, until, () => {
        asking = true
      })
    const late = () => (asking ? vendorOverdue(timeoutMs, url.host) : proofOverdue(timeoutMs))
    const { date, ...answer } = await withDeadline(send, timeoutMs, late, signal)
    const serverTime = Date.parse(date ?? '')
    const offset = Number.isNaN(serverTime) ? 0 : serverTime - this.#now()
    if (answer.status !== 200) {
      const { vendRefusal } = await loaded(() => import('./vendor-error.js'))
      throw vendRefusal({ ...answer, clockOffset: offset, url })
    }
    try {
      return { response: readVendResponse(parseJson(answer.body)), clockOffset: offset }
    } catch (cause) {
      throw (await rare()).noVendor(text, cause)
    }
  }

  /** Closes the keep-alive connection, so that the process can exit. */
  close(): void {
    this.#closed = true
    this.#post?.then((post) => post.close()).catch(() => {})
  }

  async #open(url: URL): Promise<VendorPost> {
    const post = await this.#openPost(url)
    if (this.#closed) post.close()
    return post
  }
}

function proofOverdue(ms: number): TopicCredentialsError {
  return overdue('No token or credentials for the vendor', ms, {
    code: 'credentials_timed_out',
    remedy: 'Check `token`, `credentials`, or the AWS credential chain.',
  })
}

/** Plain HTTP only to this machine, because the request authenticates the caller. */
function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url?.protocol === 'http:' && isLoopback(url.hostname)
  return plain || url?.protocol === 'https:' ? url : undefined
}
