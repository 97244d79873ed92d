import type { Endpoint } from '../connection/endpoint.js'
import type { VendedIdentity } from '../credentials/vendor-options.js'
import { TopicCredentialsError } from '../errors.js'

/** What may have been in the way. */
export interface Guess {
  readonly error: TopicCredentialsError
  readonly terminal: false
  /** Access key that AWS does not take any more, by what the vendor said of it. */
  readonly refusedKey?: string
  /** Access key that may be what was refused. */
  readonly doubtedKey?: string
}

/**
 * Why a WebSocket did not open in a browser, which tells only that it did not (code 1006): by what is known of the credentials. The error says
 * that it is a guess.
 *
 * @see https://websockets.spec.whatwg.org/#feedback-from-the-protocol (a page must not learn what its user's network looks like)
 */
export function guess(identity: VendedIdentity | undefined, { host, port }: Endpoint): Guess {
  const where = `${host}:${port}`
  const said = `The WebSocket to ${where} did not open, and a browser does not say why. This is a guess`
  if (identity !== undefined && identity.expiration.getTime() <= Date.now() + identity.clockOffset) {
    const error = new TopicCredentialsError(`${said}: the credentials have expired`, {
      code: 'credentials_expired',
      value: identity.accessKeyId,
      remedy: 'New ones are fetched by themselves.',
    })
    return { error, terminal: false, refusedKey: identity.accessKeyId }
  }
  const error = new TopicCredentialsError(
    `${said}: a network or a firewall is in the way, the page’s Content-Security-Policy does not name the endpoint in connect-src, or the credentials are refused`,
    {
      code: 'connection_lost',
      value: where,
      remedy:
        'It is tried again by itself, from the second time on with new credentials. A Content-Security-Policy that is in the way is named in the browser’s console.',
    },
  )
  return { error, terminal: false, ...(identity === undefined ? {} : { doubtedKey: identity.accessKeyId }) }
}
