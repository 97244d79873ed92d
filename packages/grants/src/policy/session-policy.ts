import type { Grants } from '../grant-types.js'
import { sessionPolicyLimit } from '../limits.js'
import type { PolicyForm } from '../policy-form.js'
import { compile } from './compile.js'
import { inexpressible, tooLarge } from './refusal.js'
import { type SessionPolicyOptions, scopeOf } from './scope.js'

/** A session policy for `sts:AssumeRole`. */
export interface SessionPolicy {
  /** Minified JSON, U+0020 to U+00FF only. */
  readonly document: string
  /** Length of the document; the limit of STS is 2,048. */
  readonly characters: number
  /** Characters left within the limit. */
  readonly remaining: number
  /** The safest form that fits. */
  readonly form: PolicyForm
}

/**
 * Compiles grants to the session policy that allows exactly these grants, plus connecting as `<user>:<anything>`. The same grants
 * always give the same document, in any order.
 *
 * Use it only with a role that denies {@link sharedDenies} and whose own policy restricts Region and account: `short` and `dense`
 * have wildcards there (`arn:aws:iot:*:*:…`).
 *
 * @throws GrantError `inexpressible_grants` if IAM cannot express the grants, `policy_too_large` beyond 2,048 characters,
 *   `invalid_user_id`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
 * @example sessionPolicy(parseGrants({ publish: ['test'], subscribe: ['test'] }), { userId: 'alice' }).document
 */
export function sessionPolicy(grants: Grants, options: SessionPolicyOptions): SessionPolicy {
  const scope = scopeOf(options)
  const compiled = compile(grants, scope)
  if ('refused' in compiled) throw inexpressible(grants, compiled.refused, scope)
  if ('characters' in compiled) throw tooLarge(grants, compiled.characters, true, scope)
  const characters = compiled.document.length
  if (characters > sessionPolicyLimit) throw tooLarge(grants, characters, false, scope)
  return { ...compiled, characters, remaining: sessionPolicyLimit - characters }
}
