import { createHash } from 'node:crypto'
import { GrantError } from './errors.js'

/** Maximum length of a role session name and a source identity (STS). */
const maximumLength = 64

/**
 * A stable string for each user ID, for the role session name, the source identity and the client ID. No two user IDs share one.
 *
 * Bytes (of UTF-8) other than `A-Za-z0-9_@.,-` become `=XX`. A single character is escaped too, because a role session name
 * has at least two. Results longer than 64 become `==` and the SHA-256 of the user ID (base64url): no escape begins with `==`.
 * The result never contains `:`, `+` or a character that is special in IAM or MQTT.
 *
 * @throws GrantError `invalid_user_id` for an empty string or invalid Unicode
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (`[\w+=,.@-]{2,64}`)
 * @example encodeUserId('auth0|alice')  // 'auth0=7Calice'
 */
export function encodeUserId(userId: string): string {
  if (typeof userId !== 'string' || userId === '' || /\p{Surrogate}/u.test(userId)) {
    throw new GrantError('invalid_user_id', 'A user ID must be a non-empty string of valid Unicode.', {
      value: userId,
      remedy: 'Use the stable ID of a verified caller, such as the "sub" claim.',
    })
  }
  const plain = /^[A-Za-z0-9_@.,-]{2,}$/u.test(userId)
  const encoded = plain
    ? userId
    : [...Buffer.from(userId)].map((byte) => encodeByte(byte, userId.length === 1)).join('')
  if (encoded.length <= maximumLength) return encoded
  return `==${createHash('sha256').update(userId).digest('base64url')}`
}

function encodeByte(byte: number, always: boolean): string {
  const character = String.fromCharCode(byte)
  if (!always && /[A-Za-z0-9_@.,-]/u.test(character)) return character
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/**
 * The prefix of every client ID of this user. The delimiter `:` does not occur in an encoded user ID, so `u1` can never act as
 * `u1:x`.
 *
 * @example clientIdPrefix('alice')  // 'alice:'
 */
export function clientIdPrefix(userId: string): string {
  return `${encodeUserId(userId)}:`
}
