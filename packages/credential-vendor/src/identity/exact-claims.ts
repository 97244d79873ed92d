import { isDeepStrictEqual } from 'node:util'
import { parseJson } from '@topic-credentials/grants'
import { notSupported, type VendError } from '../errors.js'

type Claims = Readonly<Record<string, unknown>>

/**
 * The token's claims with the types they have in the token. API Gateway passes claims as strings, in which `["a b"]` and `["a","b"]`
 * look the same. So the types come from the token's payload, and the strings confirm that it is the verified token.
 *
 * Claims whose string form is not recorded (fractions, numbers from 2⁵³, lists of other types than strings) are ignored: no rule can use
 * them. A null counts as absent on both sides.
 *
 * @param verified `requestContext.authorizer.jwt.claims`
 * @param payload of the token in the `authorization` header of the event
 * @throws VendError `caller_not_supported` if the two are not from the same token
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function exactClaims(verified: Claims, payload: Claims): Claims {
  const present = Object.entries(payload).filter(([, value]) => value !== null)
  const names = new Set(Object.keys(verified))
  if (present.length !== names.size || present.some(([name]) => !names.has(name))) throw otherToken()
  const exact = present.filter(([, value]) => isRecorded(value))
  if (exact.some(([name, value]) => !isSame(value, verified[name]))) throw otherToken()
  return Object.fromEntries(exact)
}

/** Is the string form that API Gateway produces for this value known? */
function isRecorded(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((member) => typeof member === 'string')
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0)
  return true
}

function isSame(value: unknown, text: unknown): boolean {
  if (typeof text !== 'string') return false
  if (Array.isArray(value)) return text === `[${value.join(' ')}]`
  if (typeof value !== 'object') return text === String(value)
  return isDeepStrictEqual(parseJson(text), value)
}

function otherToken(): VendError {
  return notSupported(
    'The token in the request is not the one that was verified.',
    'Send exactly one token, in the Authorization header only.',
  )
}
