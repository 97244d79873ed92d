import { encodeUserId } from '@topic-credentials/grants'
import { AccessError } from '../errors.js'

/** What an item of the table is about. A user goes by the session name: what `encodeUserId` makes of the user ID. */
export interface AccessKey {
  readonly kind: 'user' | 'group' | 'role'
  readonly name: string
}

/** Bytes of UTF-8. DynamoDB takes 2,048 for a partition key. */
const longestGroup = 1024

/**
 * The partition key of a user. Encoded, so that every user has one of at most 69 characters, and so that a user can be found by
 * the name that AWS's logs show as well.
 *
 * @throws GrantError `invalid_user_id`
 * @example userKey('auth0|alice')  // 'user#auth0=7Calice'
 */
export function userKey(userId: string): string {
  return keyText({ kind: 'user', name: encodeUserId(userId) })
}

/** @throws AccessError `invalid_key` for what no user's session can be called */
export function sessionKey(sessionName: string): string {
  return keyText({ kind: 'user', name: sessionName })
}

/** @throws AccessError `invalid_key` for an empty name, one of more than 1,024 bytes, or invalid Unicode */
export function groupKey(name: string): string {
  return keyText({ kind: 'group', name })
}

/** @throws AccessError `invalid_key` for what no IAM role can be called */
export function roleKey(roleName: string): string {
  return keyText({ kind: 'role', name: roleName })
}

/**
 * A key as the table has it. What comes before the first `#` is the kind, so a group called `x#y`, or `user#alice`, is that
 * group and nobody's user.
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
  user: 'Give the user ID, or the session name: 2 to 64 of A-Z a-z 0-9 _ = @ . , -',
  group: `Group names are texts of 1 to ${longestGroup} bytes.`,
  role: 'Give the name of an IAM role, without path and ARN.',
}

/** The key of an item; undefined where it is none of ours. */
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
