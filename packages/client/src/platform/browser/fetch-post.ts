import type { HttpAnswer, VendorPost } from '../../credentials/vendor-client.js'
import type { VendorOptions } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { loaded } from '../../support/loaded.js'
import { isOffline, offline } from './page.js'

const responseLimitBytes = 1024 * 1024

/** Uses `fetch`, with SigV4 or a bearer token. Stores nothing and sends no cookies. */
export function fetchPost(url: URL, options: VendorOptions): VendorPost {
  const { token } = options
  const closed = new AbortController()

  async function authorized(body: string, date: Date): Promise<Record<string, string>> {
    if (token === undefined) {
      const { signedHeaders } = await loaded(() => import('./iam-caller.js'))
      return signedHeaders(options, url, body, date)
    }
    const bearer = typeof token === 'function' ? await token() : token
    return { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
  }

  async function send(body: string, date: Date, signal: AbortSignal, asking: () => void): Promise<HttpAnswer> {
    const headers = await authorized(body, date)
    asking()
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.any([signal, closed.signal]),
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      const header = (name: string) => response.headers.get(name) ?? undefined
      return {
        status: response.status,
        date: header('date'),
        retryAfter: header('retry-after'),
        ...(token === undefined ? {} : { challenge: header('www-authenticate') ?? '' }),
        body: await bodyOf(response),
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : unreachable(url, error)
    }
  }

  return { send, close: () => closed.abort() }
}

/** `fetch` does not report why it failed. */
function unreachable({ host }: URL, cause: unknown): TopicCredentialsError {
  const guess = isOffline()
    ? offline
    : 'the network, CORS or the page’s Content-Security-Policy (connect-src) blocks it'
  return new TopicCredentialsError(`The credential vendor (${host}) is not reachable: ${guess}`, {
    code: 'vendor_unavailable',
    value: host,
    remedy: 'Check that corsOrigins of the stack contains this page’s origin. The browser’s console shows the cause.',
    cause,
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
