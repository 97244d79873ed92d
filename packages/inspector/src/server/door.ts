import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSameText } from '@topic-credentials/project'

const prefix = '/_inspector/'

/** Admits requests to the printed address only. */
export class Door {
  readonly #secret = randomBytes(24).toString('base64url')

  /** Path of the page, with the secret in it. */
  get path(): string {
    return `${prefix}${this.#secret}/`
  }

  /** Whether a request is for the page, with or without the secret. */
  concerns({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(prefix)
  }

  /**
   * The requested path after the secret: `api/state`. Undefined without the secret, and for pages of other origins. The plain origin has checked
   * Host before.
   */
  open({ url = '', headers }: IncomingMessage): string | undefined {
    const [secret = '', ...rest] = url.slice(prefix.length).split('/')
    if (!isSameText(secret, this.#secret)) return undefined
    const { origin, host, 'sec-fetch-site': site } = headers
    if (origin !== undefined && origin !== `http://${host}`) return undefined
    if (site === 'cross-site' || site === 'same-site') return undefined
    return rest.join('/').split('?')[0]
  }
}

/** Headers of every response: it loads nothing from other origins, and is neither framed nor cached. */
export function harden(response: ServerResponse, host: string | undefined): void {
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://${host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cache-control', 'no-store')
}
