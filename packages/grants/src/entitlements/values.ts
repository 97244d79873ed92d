import { isRecord } from '../json.js'
import { encodeUserId } from '../user-id.js'
import type { Variable } from './template-parts.js'

/** The user whose grants are computed: a verified caller, or the user that a trusted backend names. */
export interface User {
  readonly userId: string
  /** The prefix that this stack adds to every user ID. Conditions on `userId` see the ID without it, so that several stacks can share one file. */
  readonly userPrefix?: string
  /** Verified claims with the types they have in the token: strings, integers, booleans, lists of strings, objects of these. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * The verified value, or undefined if there is none. `claims.a.b` is the claim with that name, or the member `b` of the claim `a`. A
 * name that can be read both ways has no value, so that one claim cannot hide another. Only own properties count:
 * `claims.constructor` is undefined unless the token has such a claim.
 */
export function verifiedValue(variable: Variable, { userId, claims }: User): unknown {
  if (variable === 'userId') return userId
  if (variable === 'encodedUserId') return encodeUserId(userId)
  const [value, ...others] = readingsOf(claims, variable.slice('claims.'.length))
  return others.length === 0 ? value : undefined
}

/** The strings that a condition compares: the value, or each member of the list. */
export function comparable(variable: Variable, user: User): readonly string[] {
  const { userId, userPrefix = '' } = user
  if (variable === 'userId') return [userId.startsWith(userPrefix) ? userId.slice(userPrefix.length) : userId]
  const value = verifiedValue(variable, user)
  return (Array.isArray(value) ? value : [value]).filter(isScalar).map(String)
}

/** Whether the value has exactly one string representation. */
export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}

/** One entry for each position at which the name can be split into a claim and the rest of a path. */
function readingsOf(claims: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const whole = memberOf(claims, name)
  const nested = [...name.matchAll(/\./gu)].flatMap(({ index }) => {
    const inner = memberOf(claims, name.slice(0, index))
    return isRecord(inner) ? readingsOf(inner, name.slice(index + 1)) : []
  })
  return whole === undefined ? nested : [whole, ...nested]
}

/** Null counts as absent. */
function memberOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined
}
