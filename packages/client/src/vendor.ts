import { Agent } from 'node:https'
import { Hash } from '@smithy/hash-node'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { parseVendResponse, type VendResponse } from '@topic-credentials/grants'
import { TopicCredentialsError } from './errors.js'
import { networkError } from './network-error.js'
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
  /** What to ask for. Default: all that the caller is entitled to. */
  readonly request?: AskedGrants
  /** Milliseconds for one request. Default 10,000. */
  readonly timeoutMs?: number
}

/** A vendor's answer together with its clock. */
export interface Vended {
  readonly response: VendResponse
  /** Server time minus local time in milliseconds, by the answer's Date header; 0 where it has none. */
  readonly clockOffset: number
}

const MAX_RESPONSE_BYTES = 1024 * 1024

/** Asks one vendor for credentials, one HTTP request a call, and keeps its connection open between calls. */
export class Vendor {
  readonly #options: VendorOptions
  readonly #url: URL
  readonly #http: NodeHttpHandler
  readonly #now: () => number

  constructor(options: VendorOptions, now: () => number = Date.now) {
    this.#options = options
    this.#now = now
    this.#url = parseUrl(options.url)
    this.#http = new NodeHttpHandler({
      requestTimeout: options.timeoutMs ?? 10_000,
      connectionTimeout: Math.min(options.timeoutMs ?? 10_000, 5_000),
      httpsAgent: new Agent({ keepAlive: true, ...(options.ca === undefined ? {} : { ca: options.ca }) }),
    })
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
    const request = await this.#authorized(this.#request(asked), clockOffset)
    const abort = signal === undefined ? {} : { abortSignal: signal }
    const { response } = await this.#http.handle(request, abort).catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason
      throw networkError(error, this.#url.host, 'the credential vendor')
    })
    const body = await readBody(response.body)
    const date = Date.parse(response.headers.date ?? '')
    const offset = Number.isNaN(date) ? 0 : date - this.#now()
    if (response.statusCode === 200) return { response: this.#parse(body), clockOffset: offset }
    throw vendRefusal({
      status: response.statusCode,
      body,
      retryAfter: response.headers['retry-after'],
      clockOffset: offset,
      url: this.#url,
    })
  }

  /** Lets go of the kept connection, so that a process may end. */
  close(): void {
    this.#http.destroy()
  }

  #request(asked: AskedGrants): HttpRequest {
    const body = JSON.stringify(asked)
    return new HttpRequest({
      method: 'POST',
      protocol: this.#url.protocol,
      hostname: this.#url.hostname,
      ...(this.#url.port === '' ? {} : { port: Number(this.#url.port) }),
      path: this.#url.pathname,
      headers: { host: this.#url.host, 'content-type': 'application/json' },
      body,
    })
  }

  async #authorized(request: HttpRequest, clockOffset: number): Promise<HttpRequest> {
    const { token, credentials } = this.#options
    if (token !== undefined) {
      request.headers.authorization = `Bearer ${typeof token === 'function' ? await token() : token}`
      return request
    }
    const signer = new SignatureV4({
      service: 'execute-api',
      region: this.#options.region ?? regionOf(this.#url),
      credentials: credentials ?? (await defaultChain()),
      sha256: Hash.bind(null, 'sha256'),
    })
    const signingDate = new Date(this.#now() + clockOffset)
    return HttpRequest.clone(await signer.sign(request, { signingDate }).catch(noCredentials))
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

/** Environment, profile, SSO, container, instance. Loaded only when it is used. */
export async function defaultChain(): Promise<() => Promise<AwsCredentialIdentity>> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  return fromNodeProviderChain()
}

function noCredentials(cause: unknown): never {
  throw new TopicCredentialsError('There are no AWS credentials to ask the vendor with', {
    code: 'credentials_not_found',
    remedy: 'Sign in first (for example `aws sso login`, or set AWS_PROFILE), or give `credentials` or `token`.',
    cause,
  })
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

function regionOf(url: URL): string {
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(url.hostname)?.[1] ?? process.env.AWS_REGION
  if (region !== undefined && region !== '') return region
  throw new TopicCredentialsError(`The region of ${url.host} cannot be read off its name`, {
    code: 'invalid_argument',
    value: url.host,
    remedy: 'Give `region`, or set AWS_REGION.',
  })
}

async function readBody(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > MAX_RESPONSE_BYTES) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
