import { GrantError, type GrantReference } from './errors.js'
import type { Grants } from './grants.js'
import { denialsOf } from './iam/denials.js'
import { plainForm } from './iam/plain-form.js'
import { renderPolicy, sessionPolicyLimit } from './iam/policy-document.js'
import { rightsOf } from './iam/rights.js'
import { clientIdPrefix } from './user-id.js'

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
}

/**
 * Compiles grants to the session policy that allows exactly what they say, plus to connect as `<user>:<anything>`.
 *
 * @throws GrantError `inexpressible_grants` where IAM cannot say it, `policy_too_large` beyond 2,048 characters
 * @example sessionPolicy(parseGrants({ publish: ['test'], subscribe: ['test'] }), { userId: 'alice' }).document
 */
export function sessionPolicy(grants: Grants, { userId, partition = 'aws' }: SessionPolicyOptions): SessionPolicy {
  const rights = rightsOf(grants)
  if ('inexpressible' in rights) throw refusal([rights.inexpressible])
  const denials = denialsOf(rights)
  if ('contradiction' in denials) throw refusal(denials.contradiction)
  const document = renderPolicy(plainForm(rights, denials, { clientIdPrefix: clientIdPrefix(userId), partition }))
  const remaining = sessionPolicyLimit - document.length
  if (remaining < 0) {
    throw new GrantError('policy_too_large', `The session policy has ${-remaining} characters too many.`, {
      remedy: 'Ask for fewer or wider grants.',
      excess: -remaining,
    })
  }
  return { document, characters: document.length, remaining }
}

function refusal(grants: readonly GrantReference[]): GrantError {
  const named = grants.map(({ kind, filter }) => `${kind} ${JSON.stringify(filter)}`).join(' and ')
  return new GrantError('inexpressible_grants', `IAM cannot say ${named} exactly.`, {
    grants,
    remedy: 'Grant a wider filter, or name the levels in place of "+".',
  })
}
