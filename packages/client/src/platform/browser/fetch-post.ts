import type { HttpAnswer, VendorPost } from '../../credentials/vendor-client.js'
import type { AwsCredentialIdentity, VendorOptions } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { signedPostHeaders } from '../../sigv4/index.js'
import { isOffline } from './page.js'

const responseLimitBytes = 1024 * 1024
const defaultTimeoutMs = 10_000

/** Uses `fetch`, with SigV4 or a bearer token. Stores nothing and sends no cookies. */
export class FetchPost implements VendorPost {
  readonly #options: VendorOptions
  readonly #url: URL
  readonly #closed = new AbortController()

  constructor(url: URL, options: VendorOptions) {
    this.#url = url
    this.#options = options
  }

  async send(json: string, signingDate: Date, signal: AbortSignal, asking: () => void): Promise<HttpAnswer> {
    const headers = await this.#authorized(json, signingDate)
    asking()
    const late = AbortSignal.timeout(this.#options.timeoutMs ?? defaultTimeoutMs)
    const ends = [late, this.#closed.signal, ...(signal === undefined ? [] : [signal])]
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers,
        body: json,
        signal: AbortSignal.any(ends),
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      const body = await bodyOf(response)
      const header = (name: string) => response.headers.get(name) ?? undefined
      return {
        status: response.status,
        date: header('date'),
        retryAfter: header('retry-after'),
        ...(this.#options.token === undefined ? {} : { challenge: header('www-authenticate') ?? '' }),
        body,
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw this.#unreachable(error, late.aborted)
    }
  }

  close(): void {
    this.#closed.abort()
  }

  async #authorized(body: string, date: Date): Promise<Record<string, string>> {
    const { token, credentials, region = regionOf(this.#url) } = this.#options
    if (token !== undefined) {
      const bearer = typeof token === 'function' ? await token() : token
      return { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
    }
    if (credentials === undefined) throw noProof()
    if (region === undefined) throw noRegion(this.#url)
    const identity = await identityOf(credentials)
    return signedPostHeaders({ ...identity, region, date }, 'execute-api', this.#url, body)
  }

  /** `fetch` does not report why it failed. */
  #unreachable(cause: unknown, late: boolean): TopicCredentialsError {
    const { host } = this.#url
    const guess = isOffline()
      ? 'this device is offline'
      : late
        ? 'it did not respond in time'
        : 'the network, CORS or the page’s Content-Security-Policy blocks the request'
    return new TopicCredentialsError(`The credential vendor (${host}) is not reachable: ${guess}`, {
      code: 'vendor_unavailable',
      value: host,
      remedy:
        'Check that the stack was deployed with this page’s origin (-c corsOrigins) and that connect-src contains the vendor; the browser’s console shows the cause.',
      cause,
    })
  }
}

async function identityOf(credentials: NonNullable<VendorOptions['credentials']>): Promise<AwsCredentialIdentity> {
  try {
    return typeof credentials === 'function' ? await credentials() : credentials
  } catch (cause) {
    throw new TopicCredentialsError('There are no AWS credentials for the request to the vendor', {
      code: 'credentials_not_found',
      remedy: 'See the cause: it is the error of the given provider.',
      cause,
    })
  }
}

function noProof(): TopicCredentialsError {
  return new TopicCredentialsError('In a browser, `token` or `credentials` is required', {
    code: 'credentials_not_found',
    remedy: 'Set `token` (from any OIDC library) or `credentials`, for example of a Cognito identity pool.',
  })
}

function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\./u.exec(hostname)?.[1]
}

function noRegion({ host }: URL): TopicCredentialsError {
  return new TopicCredentialsError(`The host name ${host} does not contain a region`, {
    code: 'invalid_argument',
    value: host,
    remedy: 'Set `region`.',
  })
}

async function bodyOf(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let size = 0; reader !== undefined && size <= responseLimitBytes; ) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return text
}
