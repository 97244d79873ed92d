import { parseJson, parseVendResponse, type VendResponse } from '@topic-credentials/grants/core'
import { overdue, TopicCredentialsError } from '../errors.js'
import { withDeadline } from '../support/deadline.js'
import { isLoopback } from '../support/loopback.js'
import { vendRefusal } from './vendor-error.js'
import type { AskedGrants, VendorOptions } from './vendor-options.js'

/** For one request, from the caller's own credentials to the last byte of the answer. */
export const defaultTimeoutMs = 10_000

/** A vendor's answer together with its clock. */
export interface Vended {
  readonly response: VendResponse
  /** Server time minus local time in milliseconds, by the answer's Date header; 0 where it has none. */
  readonly clockOffset: number
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number
  readonly date: string | undefined
  readonly retryAfter: string | undefined
  readonly body: string
  /** Of a token that was sent: `www-authenticate`, or ''. */
  readonly challenge?: string | undefined
}

/** JSON posted to one URL, with the caller's proof beside it, over a connection that is kept. */
export interface VendorPost {
  /**
   * @param signal ends it, with the signal's reason
   * @param asking called when the caller's proof is at hand, and the vendor's turn has come
   * @throws TopicCredentialsError `host_not_found`, `tls_trust`, `vendor_unavailable`, `credentials_not_found`
   */
  send(json: string, signingDate: Date, signal: AbortSignal, asking: () => void): Promise<HttpAnswer>
  close(): void
}

/** Asks one vendor for credentials, one HTTP request a call, and keeps its connection open between calls. */
export class VendorClient {
  readonly #url: URL
  readonly #now: () => number
  readonly #timeoutMs: number
  readonly #openPost: (url: URL) => Promise<VendorPost>
  /** Opened at the first call. */
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
   * One request, one answer.
   *
   * @param asked what to ask for
   * @param clockOffset server time minus local time, where it is known: the signature is dated by it
   * @throws VendRefusedError the vendor said no (400, 401, 403, 404, 413, …): asking again does not help
   * @throws VendorBusyError 429 and 5xx: asking again later may help
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
    if (status === 200) return { response: this.#parse(body), clockOffset: offset }
    throw vendRefusal({ status, body, challenge, retryAfter, clockOffset: offset, url: this.#url })
  }

  /** Lets go of the kept connection, so that a process may end. */
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
    return overdue(`The credential vendor (${this.#url.host}) has not answered`, this.#timeoutMs, {
      code: 'vendor_timed_out',
      value: this.#url.host,
      remedy: 'It is asked again. If it stays, check the network, then the vending function’s log and alarms.',
    })
  }

  #parse(body: string): VendResponse {
    try {
      return parseVendResponse(parseJson(body))
    } catch (cause) {
      throw new TopicCredentialsError(`${this.#url.href} answered 200, but not with vended credentials`, {
        code: 'endpoint_wrong',
        value: this.#url.href,
        remedy: 'Use the stack’s output CredentialsUrl as it stands.',
        cause,
      })
    }
  }
}

function proofOverdue(ms: number): TopicCredentialsError {
  return overdue('There are no credentials or token to ask the vendor with', ms, {
    code: 'credentials_timed_out',
    remedy:
      'Look at what `token` or `credentials` waits for, or at the AWS credential chain (a credential_process, the network).',
  })
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:') return url
  // Without TLS only on this machine: the request carries what proves the caller.
  if (url?.protocol === 'http:' && isLoopback(url.hostname)) return url
  throw new TopicCredentialsError(`'${text}' is not the https URL of a credential vendor`, {
    code: 'invalid_argument',
    value: text,
    remedy: 'Use the stack’s output CredentialsUrl: https://….execute-api.<region>.amazonaws.com/credentials',
  })
}
