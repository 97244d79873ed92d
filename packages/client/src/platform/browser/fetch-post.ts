import type { HttpAnswer, VendorPost } from '../../credentials/vendor-client.js'
import type { VendorOptions } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { loaded } from '../../support/loaded.js'
import { isOffline } from './page.js'

const responseLimitBytes = 1024 * 1024

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
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers,
        body: json,
        signal: AbortSignal.any([signal, this.#closed.signal]),
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
      if (signal.aborted) throw signal.reason
      throw this.#unreachable(error)
    }
  }

  close(): void {
    this.#closed.abort()
  }

  async #authorized(body: string, date: Date): Promise<Record<string, string>> {
    const { token } = this.#options
    if (token === undefined) {
      const { signedHeaders } = await loaded(() => import('./iam-caller.js'))
      return signedHeaders(this.#options, this.#url, body, date)
    }
    const bearer = typeof token === 'function' ? await token() : token
    return { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
  }

  /** `fetch` does not report why it failed. */
  #unreachable(cause: unknown): TopicCredentialsError {
    const { host } = this.#url
    const guess = isOffline()
      ? 'this device is offline'
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
