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
  const key = identity?.accessKeyId
  const expired = identity !== undefined && identity.expiration.getTime() <= Date.now() + identity.clockOffset
  const cause = expired
    ? 'the credentials have expired'
    : 'the network or the page’s Content-Security-Policy (connect-src) blocks it, or the credentials were refused'
  const error = new TopicCredentialsError(
    `The WebSocket to ${host}:${port} did not open, and browsers do not report why. A guess: ${cause}`,
    {
      code: expired ? 'credentials_expired' : 'connection_lost',
      value: expired ? identity.accessKeyId : `${host}:${port}`,
      remedy: 'The client retries automatically. The browser’s console shows the cause.',
    },
  )
  return { error, terminal: false, ...(key && { [expired ? 'refusedKey' : 'doubtedKey']: key }) }
}
