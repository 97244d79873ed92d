import type { Endpoint } from '../../connection/endpoint.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'

/** A possible cause. */
export interface Guess {
  readonly error: TopicCredentialsError
  readonly terminal: false
  /** Access key that AWS no longer accepts, according to its expiration. */
  readonly refusedKey?: string
  /** Access key that may have been refused. */
  readonly doubtedKey?: string
}

/**
 * Guesses why a WebSocket did not open in a browser, which only reports that it did not (code 1006), from what is known about the
 * credentials. The error states that it is a guess. A plain request to the same signed URL could be answered readably, but a page's
 * `connect-src wss://…` forbids it and reports a violation.
 *
 * @see https://websockets.spec.whatwg.org/#feedback-from-the-protocol (a page must not learn details of its user's network)
 */
export function guess(identity: VendedIdentity | undefined, { host, port }: Endpoint): Guess {
  const where = `${host}:${port}`
  const said = `The WebSocket to ${where} did not open, and browsers do not report why. This is a guess`
  if (identity !== undefined && identity.expiration.getTime() <= Date.now() + identity.clockOffset) {
    const error = new TopicCredentialsError(`${said}: the credentials have expired`, {
      code: 'credentials_expired',
      value: identity.accessKeyId,
      remedy: 'The client requests new ones automatically.',
    })
    return { error, terminal: false, refusedKey: identity.accessKeyId }
  }
  const error = new TopicCredentialsError(
    `${said}: a network or a firewall blocks it, connect-src in the page’s Content-Security-Policy does not contain the endpoint, or the credentials were refused`,
    {
      code: 'connection_lost',
      value: where,
      remedy:
        'The client retries automatically, from the second attempt on with new credentials. The browser’s console shows a violated Content-Security-Policy.',
    },
  )
  return { error, terminal: false, ...(identity === undefined ? {} : { doubtedKey: identity.accessKeyId }) }
}
