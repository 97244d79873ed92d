import { encodeUserId } from '@topic-credentials/grants'
import { AccessError } from '../errors.js'

/** The subject of an item. A user is identified by the session name: the result of `encodeUserId` for the user ID. */
export interface AccessKey {
  readonly kind: 'user' | 'group' | 'role'
  readonly name: string
}

/** Bytes of UTF-8. DynamoDB's limit for a partition key is 2,048. */
const longestGroup = 1024

/**
 * The partition key of a user. It is encoded, so it has at most 69 characters, and a user can be found by the name that appears in AWS's
 * logs.
 *
 * @throws GrantError `invalid_user_id`
 * @example userKey('auth0|alice')  // 'user#auth0=7Calice'
 */
export function userKey(userId: string): string {
  return keyText({ kind: 'user', name: encodeUserId(userId) })
}

/** @throws AccessError `invalid_key` if no user's session can have this name */
export function sessionKey(sessionName: string): string {
  return keyText({ kind: 'user', name: sessionName })
}

/** @throws AccessError `invalid_key` for an empty name, a name longer than 1,024 bytes, or invalid Unicode */
export function groupKey(name: string): string {
  return keyText({ kind: 'group', name })
}

/** @throws AccessError `invalid_key` if no IAM role can have this name */
export function roleKey(roleName: string): string {
  return keyText({ kind: 'role', name: roleName })
}

/**
 * A key as stored in the table. The part before the first `#` is the kind, so a group named `x#y` or `user#alice` is a group and never a
 * user.
 *
 * @throws AccessError `invalid_key`
 */
export function keyText({ kind, name }: AccessKey): string {
  if (isName(kind, name)) return `${kind}#${name}`
  throw new AccessError('invalid_key', `${JSON.stringify(name)} cannot be the name of a ${kind}.`, {
    value: name,
    remedy: remedies[kind],
  })
}

const remedies = {
  user: 'Pass the user ID, or the session name: 2 to 64 characters from A-Z a-z 0-9 _ = @ . , -',
  group: `A group name must be a string of 1 to ${longestGroup} bytes.`,
  role: 'Pass the name of an IAM role, without its path and not as an ARN.',
}

/** Parses the key of an item; undefined if it does not belong to this table. */
export function parseKey(text: string): AccessKey | undefined {
  const [, kind, name = ''] = /^(user|group|role)#(.*)$/su.exec(text) ?? []
  if (kind === undefined) return undefined
  return isName(kind as AccessKey['kind'], name) ? { kind: kind as AccessKey['kind'], name } : undefined
}

function isName(kind: AccessKey['kind'], name: string): boolean {
  if (kind === 'user') return /^[A-Za-z0-9_=@.,-]{2,64}$/u.test(name)
  if (kind === 'role') return /^[\w+=,.@-]{1,64}$/u.test(name)
  return name !== '' && !/\p{Surrogate}/u.test(name) && Buffer.byteLength(name) <= longestGroup
}
