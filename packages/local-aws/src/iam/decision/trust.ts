import { type ConditionContext, ContextLookup } from '../conditions/context.js'
import { type CompiledStatement, compilePolicy } from '../policy/compile.js'
import type { PrincipalElement } from '../policy/document.js'
import type { Principal } from '../principal.js'
import { type ContextualRequest, contextOf } from './authorize.js'
import type { NamedPolicy } from './evaluate.js'
import { allowed, type Decision, denied, findDenial, findStatement, limitOf, notAllowed } from './evaluate.js'

/**
 * How a trust policy names the caller, which determines what else must allow the request:
 * `itself` (the user, this session, or everyone): no other policy, unless one denies it;
 * `role` (the role of the session): also its session policy and boundary;
 * `account` (the root): also the caller's own policies, because the account only delegates.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 */
type Grip = 'itself' | 'role' | 'account'

/** Decides about a principal of the same account by the resource-based policy (here: trust policy) of a resource. */
export function authorizeByTrust(principal: Principal, request: ContextualRequest, trust: NamedPolicy): Decision {
  const context = contextOf(principal, request.context)
  const policies = principal.policies()
  const denial = findDenial(policies, request, context)
  if (denial) return denied(denial, request)

  const matching = compilePolicy(trust.document, 'trust').filter((statement) =>
    statement.matches(request.action, request.resource, context),
  )
  const denying = matching.find((statement) => statement.effect === 'Deny' && concerns(statement, principal))
  if (denying) return denied({ policy: trust.name, statement: denying }, request)

  const grants = matching.flatMap((statement) => {
    const grip = statement.effect === 'Allow' && gripOf(statement.source.Principal, principal)
    return grip ? [{ grip, match: { policy: trust.name, statement } }] : []
  })
  const grant = grants.find(({ grip }) => grip === 'itself') ?? grants.find(({ grip }) => grip === 'role') ?? grants[0]
  if (!grant) return notAllowed(trust.name, request)
  if (grant.grip === 'account' && !findStatement(policies.identity, 'identity', 'Allow', request, context)) {
    return notAllowed(`the caller's identity policies (${trust.name} trusts the whole account)`, request)
  }
  if (grant.grip !== 'itself') {
    const limit = limitOf(policies, request, context)
    if (limit) return limit
  }
  return allowed(grant.match, request)
}

/** Decides about an AWS service (`lambda.amazonaws.com`) by the trust policy alone. */
export function authorizeService(service: string, request: ContextualRequest, trust: NamedPolicy): Decision {
  return authorizeName('Service', service, request, trust, { 'aws:PrincipalIsAWSService': true })
}

/** Decides about a user of an identity provider (given by its ARN) by the trust policy alone. */
export function authorizeFederated(provider: string, request: ContextualRequest, trust: NamedPolicy): Decision {
  return authorizeName('Federated', provider, request, trust, { 'aws:FederatedProvider': provider })
}

function authorizeName(
  type: 'Service' | 'Federated',
  name: string,
  request: ContextualRequest,
  trust: NamedPolicy,
  identity: ConditionContext,
): Decision {
  const context = new ContextLookup(() => [request.context, identity])
  const named = (element: PrincipalElement | undefined) => {
    return element?.[type]?.includes(name) === true || element?.AWS?.includes('*') === true
  }
  const matching = compilePolicy(trust.document, 'trust').filter(
    ({ source, matches }) =>
      (source.NotPrincipal ? !named(source.NotPrincipal) : named(source.Principal)) &&
      matches(request.action, request.resource, context),
  )
  const denying = matching.find(({ effect }) => effect === 'Deny')
  if (denying) return denied({ policy: trust.name, statement: denying }, request)
  const [allowing] = matching
  return allowing ? allowed({ policy: trust.name, statement: allowing }, request) : notAllowed(trust.name, request)
}

function concerns({ source }: CompiledStatement, principal: Principal): boolean {
  if (!source.NotPrincipal) return gripOf(source.Principal, principal) !== undefined
  // An exception for the caller must list all its identities: account, user or role, and session.
  const listed = source.NotPrincipal.AWS ?? []
  const identities = new Set([rootOf(principal), principal.issuerArn, principal.arn])
  return !listed.includes('*') && [...identities].some((arn) => !listed.includes(arn))
}

function gripOf(element: PrincipalElement | undefined, principal: Principal): Grip | undefined {
  const names = element?.AWS ?? []
  if (names.includes('*') || names.includes(principal.arn)) return 'itself'
  const [uniqueId = ''] = principal.userId.split(':')
  if (names.includes(uniqueId) || names.includes(principal.issuerArn)) {
    return principal.type === 'User' ? 'itself' : 'role'
  }
  return names.includes(rootOf(principal)) ? 'account' : undefined
}

function rootOf({ accountId }: Principal): string {
  return `arn:aws:iam::${accountId}:root`
}
