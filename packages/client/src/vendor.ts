import { parseVendResponse, type VendResponse } from '@topic-credentials/grants/client'
import { TopicCredentialsError } from './errors.js'
import type { SignedPost } from './signed-post.js'
import { vendRefusal } from './vend-refusal.js'

/** An AWS key pair, as every AWS SDK v3 client takes it. */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Topic filters to ask for, and for how long; the vendor checks them. */
export interface AskedGrants {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
  /** 900 to 3,600. Default 3,600. */
  readonly durationSeconds?: number
}

/** Where the vendor is and how the caller proves who it is. */
export interface VendorOptions {
  /** The stack's output `CredentialsUrl`. */
  readonly url: string
  /** Region of the API, for signing. Default: taken from an `execute-api` URL, else `AWS_REGION`. */
  readonly region?: string
  /** Proves the caller by IAM. Default: the AWS credential chain (environment, profile, SSO, container, instance). */
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>)
  /** Proves the caller by a bearer token instead; a function is asked anew for every request. */
  readonly token?: string | (() => string | Promise<string>)
  /** PEM certificates to trust for the vendor, where the system's do not do. */
  readonly ca?: string
  /** Milliseconds for one request. Default 10,000. */
  readonly timeoutMs?: number
}

/** A vendor's answer together with its clock. */
export interface Vended {
  readonly response: VendResponse
  /** Server time minus local time in milliseconds, by the answer's Date header; 0 where it has none. */
  readonly clockOffset: number
}

/** Asks one vendor for credentials, one HTTP request a call, and keeps its connection open between calls. */
export class Vendor {
  readonly #options: VendorOptions
  readonly #url: URL
  readonly #now: () => number
  /** Loaded at the first call: HTTP client and signer are nearly as much as the device SDK. */
  #post: Promise<SignedPost> | undefined
  #closed = false

  constructor(options: VendorOptions, now: () => number = Date.now) {
    this.#options = options
    this.#now = now
    this.#url = parseUrl(options.url)
  }

  /**
   * One request, one answer.
   *
   * @param asked what to ask for
   * @param clockOffset server time minus local time, where it is known: the signature is dated by it
   * @throws VendRefusedError the vendor said no (400, 401, 403, 404, 413, …): asking again does not help
   * @throws VendorBusyError 429 and 5xx: asking again later may help
   * @throws TopicCredentialsError `host_not_found`, `tls_trust`, `vendor_unavailable`, `credentials_not_found`
   */
  async vend(asked: AskedGrants, clockOffset: number, signal?: AbortSignal): Promise<Vended> {
    this.#post ??= this.#open()
    const post = await this.#post
    const signingDate = new Date(this.#now() + clockOffset)
    const { status, date, retryAfter, body } = await post.send(JSON.stringify(asked), signingDate, signal)
    const serverTime = Date.parse(date ?? '')
    const offset = Number.isNaN(serverTime) ? 0 : serverTime - this.#now()
    if (status === 200) return { response: this.#parse(body), clockOffset: offset }
    throw vendRefusal({ status, body, retryAfter, clockOffset: offset, url: this.#url })
  }

  /** Lets go of the kept connection, so that a process may end. */
  close(): void {
    this.#closed = true
    void this.#post?.then((post) => post.close())
  }

  async #open(): Promise<SignedPost> {
    const { SignedPost } = await import('./signed-post.js')
    const post = new SignedPost(this.#url, this.#options)
    if (this.#closed) post.close()
    return post
  }

  #parse(body: string): VendResponse {
    try {
      return parseVendResponse(JSON.parse(body))
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

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:') return url
  throw new TopicCredentialsError(`'${text}' is not the https URL of a credential vendor`, {
    code: 'invalid_argument',
    value: text,
    remedy: 'Use the stack’s output CredentialsUrl: https://….execute-api.<region>.amazonaws.com/credentials',
  })
}
