import { type ConditionContext, ContextLookup } from '../conditions/context.js'
import { type CompiledStatement, compilePolicy } from '../policy/compile.js'
import type { PolicyKind } from '../policy/document.js'

/** A policy document as written, with the name used in refusals. */
export interface NamedPolicy {
  /** `role sts-sample-role: inline policy ceiling`, `session policy`, … */
  readonly name: string
  readonly document: unknown
}

/** The policies of one decision: identity ∩ session ∩ boundary; a Deny in any of them wins. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[]
  /** Absent: not limited by a session policy. An empty list allows nothing. */
  readonly session?: readonly NamedPolicy[]
  readonly boundary?: readonly NamedPolicy[] | undefined
}

export interface AccessRequest {
  /** `iot:Publish`; case-insensitive. */
  readonly action: string
  /** The ARN, or `*` for actions without a resource; case-sensitive. */
  readonly resource: string
}

export interface Decision {
  readonly outcome: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied'
  /** The deciding policy; for an implicit denial, the layer that allows nothing. */
  readonly policy?: string
  /** The deciding statement: its Sid, or `#0` for the first one. */
  readonly statement?: string
  /** One sentence for logs. */
  readonly reason: string
}

/** A statement with its policy. */
export interface StatementMatch {
  readonly policy: string
  readonly statement: CompiledStatement
}

/**
 * Decides like IAM within one account: a matching Deny in any policy wins; otherwise the identity policies must allow the request, and so
 * must the session policies and the permissions boundary, if there are any.
 *
 * Documents may be objects or JSON text. Objects are cached by identity and must not be changed afterwards.
 *
 * @throws MalformedPolicyDocumentError if a document is not a valid policy
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * evaluate({ action: 'iot:Publish', resource: 'arn:aws:iot:eu-west-1:123456789012:topic/test' },
 *   { identity: [{ name: 'ceiling', document: ceiling }], session: [{ name: 'session policy', document: text }] })
 */
export function evaluate(
  request: AccessRequest & { readonly context?: ConditionContext },
  policies: PolicySet,
): Decision {
  return evaluateInContext(request, policies, new ContextLookup(() => [request.context]))
}

/** The same with a prepared context. */
export function evaluateInContext(request: AccessRequest, policies: PolicySet, context: ContextLookup): Decision {
  const denial = findDenial(policies, request, context)
  if (denial) return denied(denial, request)
  const grant = findStatement(policies.identity, 'identity', 'Allow', request, context)
  if (!grant) return notAllowed(names(policies.identity, 'identity policies'), request)
  return limitOf(policies, request, context) ?? allowed(grant, request)
}

/** An explicit Deny in any layer. */
export function findDenial(
  policies: PolicySet,
  request: AccessRequest,
  context: ContextLookup,
): StatementMatch | undefined {
  return (
    findStatement(policies.identity, 'identity', 'Deny', request, context) ??
    findStatement(policies.boundary, 'identity', 'Deny', request, context) ??
    findStatement(policies.session, 'session', 'Deny', request, context)
  )
}

/** The layer that limits the grant, if any: session policies and boundaries never grant, they only limit. */
export function limitOf(policies: PolicySet, request: AccessRequest, context: ContextLookup): Decision | undefined {
  if (policies.boundary && !findStatement(policies.boundary, 'identity', 'Allow', request, context)) {
    return notAllowed(names(policies.boundary, 'permissions boundary'), request)
  }
  if (policies.session && !findStatement(policies.session, 'session', 'Allow', request, context)) {
    return notAllowed(names(policies.session, 'session policy'), request)
  }
  return undefined
}

/** The first matching statement of these policies with this effect. */
export function findStatement(
  policies: readonly NamedPolicy[] | undefined,
  kind: PolicyKind,
  effect: 'Allow' | 'Deny',
  request: AccessRequest,
  context: ContextLookup,
): StatementMatch | undefined {
  for (const { name, document } of policies ?? []) {
    for (const statement of compilePolicy(document, kind)) {
      if (statement.effect === effect && statement.matches(request.action, request.resource, context)) {
        return { policy: name, statement }
      }
    }
  }
  return undefined
}

export function allowed({ policy, statement }: StatementMatch, { action, resource }: AccessRequest): Decision {
  const reason = `${policy}, statement ${statement.name} allows ${action} on ${resource}`
  return { outcome: 'Allowed', policy, statement: statement.name, reason }
}

export function denied({ policy, statement }: StatementMatch, { action, resource }: AccessRequest): Decision {
  const reason = `${policy}, statement ${statement.name} denies ${action} on ${resource}`
  return { outcome: 'ExplicitlyDenied', policy, statement: statement.name, reason }
}

export function notAllowed(policy: string, { action, resource }: AccessRequest): Decision {
  return { outcome: 'ImplicitlyDenied', policy, reason: `no statement in ${policy} allows ${action} on ${resource}` }
}

function names(policies: readonly NamedPolicy[], layer: string): string {
  return policies.map(({ name }) => name).join(', ') || `${layer} (there are none)`
}
