import type { Grants } from '../grant-types.js'
import { sessionPolicyLimit } from '../limits.js'
import { clientIdPrefix } from '../user-id.js'
import { compile } from './compile.js'
import { inexpressible, tooLarge } from './refusal.js'

/** Settings of {@link sessionPolicy}. */
export interface SessionPolicyOptions {
  /** The verified user: client IDs are bound to it. */
  readonly userId: string
  /** `aws` (the default), `aws-cn` or `aws-us-gov`. */
  readonly partition?: string
}

/** A session policy for `sts:AssumeRole`. */
export interface SessionPolicy {
  /** Minified JSON, U+0020 to U+00FF only. */
  readonly document: string
  /** Length of the document; STS takes 2,048. */
  readonly characters: number
  /** Characters left. */
  readonly remaining: number
  /** `plain`: an ARN per topic and per filter. `dense`: one for both, used only where the plain form does not fit. */
  readonly form: 'plain' | 'dense'
}

/**
 * Compiles grants to the session policy that allows exactly what they say, plus to connect as `<user>:<anything>`. The same grants
 * always give the same document, whatever their order.
 *
 * Region and account stay open in it (`arn:aws:iot:*:*:…`): use it only with a role whose own policy pins them.
 *
 * @throws GrantError `inexpressible_grants` where IAM cannot say it, `policy_too_large` beyond 2,048 characters,
 *   `invalid_user_id`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
 * @example sessionPolicy(parseGrants({ publish: ['test'], subscribe: ['test'] }), { userId: 'alice' }).document
 */
export function sessionPolicy(grants: Grants, { userId, partition = 'aws' }: SessionPolicyOptions): SessionPolicy {
  const scope = { partition, clientIdPrefix: clientIdPrefix(userId) }
  const compiled = compile(grants, scope)
  if ('refused' in compiled) throw inexpressible(grants, compiled.refused, scope)
  if ('characters' in compiled) throw tooLarge(grants, compiled.characters, true, scope)
  const characters = compiled.document.length
  if (characters > sessionPolicyLimit) throw tooLarge(grants, characters, false, scope)
  return { ...compiled, characters, remaining: sessionPolicyLimit - characters }
}
