import { encodeUserId } from '../user-id.js'
import type { Variable } from './template-parts.js'

/** Whose grants are asked for: a verified caller, or the user that a trusted backend names. */
export interface User {
  readonly userId: string
  /** What this stack puts before every user ID. Conditions on `userId` do not see it, so that one file serves several stacks. */
  readonly userPrefix?: string
  /** Verified claims with the types that they have in the token: texts, whole numbers, booleans, lists of texts, objects of these. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * The verified value, or undefined where there is none. `claims.a.b` is the claim of that name, or the member `b` of the claim `a`; a
 * name that can be read in two ways has no value, so that nobody can hide one claim behind another. Only own properties count:
 * `claims.constructor` is nobody's claim.
 */
export function verifiedValue(variable: Variable, { userId, claims }: User): unknown {
  if (variable === 'userId') return userId
  if (variable === 'encodedUserId') return encodeUserId(userId)
  const [value, ...others] = readingsOf(claims, variable.slice('claims.'.length))
  return others.length === 0 ? value : undefined
}

/** What a condition compares: the texts of the value, or of the members of the list. */
export function comparable(variable: Variable, user: User): readonly string[] {
  const { userId, userPrefix = '' } = user
  if (variable === 'userId') return [userId.startsWith(userPrefix) ? userId.slice(userPrefix.length) : userId]
  const value = verifiedValue(variable, user)
  return (Array.isArray(value) ? value : [value]).filter(isScalar).map(String)
}

/** Can be written as one text, without a doubt about its spelling. */
export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}

/** One reading for each place where the name can be cut into a claim and the rest of a path. */
function readingsOf(claims: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const whole = memberOf(claims, name)
  const nested = [...name.matchAll(/\./gu)].flatMap(({ index }) => {
    const inner = memberOf(claims, name.slice(0, index))
    return isObject(inner) ? readingsOf(inner, name.slice(index + 1)) : []
  })
  return whole === undefined ? nested : [whole, ...nested]
}

/** A null is absent. */
function memberOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
