import { encodeUserId } from '@topic-credentials/grants'
import { RevocationError } from './errors.js'

/** How a user is identified: by the verified user ID, or by the session name in AWS's logs and client IDs. */
export type NamedBy = 'user-id' | 'session-name'

/**
 * The session name of a user. An ID such as `auth0=7Calice` is ambiguous: as a user ID it would be encoded once more, and the wrong user,
 * or no user, would be revoked. In this case `namedBy` is required.
 *
 * @throws RevocationError `invalid_user`
 * @example sessionNameOf('auth0|alice')                     // 'auth0=7Calice'
 * @example sessionNameOf('auth0=7Calice', 'session-name')   // 'auth0=7Calice'
 */
export function sessionNameOf(user: string, namedBy?: NamedBy): string {
  if (namedBy === 'session-name') {
    if (/^[A-Za-z0-9_=@.,-]{2,64}$/u.test(user)) return user
    throw invalid(user, 'is not a session name', 'Session names have 2 to 64 characters from A-Z a-z 0-9 _ = @ . , -')
  }
  if (user.trim() === '' || /\p{Surrogate}/u.test(user)) {
    throw invalid(user, 'is not a user ID', 'Pass a non-empty user ID.')
  }
  if (namedBy === undefined && /^==|=[0-9A-F]{2}/u.test(user)) {
    const remedy = 'Add --as session-name (for a name from a log of AWS or from a client ID) or --as user-id.'
    throw invalid(user, 'could be a user ID or a session name', remedy)
  }
  return encodeUserId(user)
}

function invalid(value: string, what: string, remedy: string): RevocationError {
  return new RevocationError('invalid_user', `'${value}' ${what}`, { value, remedy })
}
