import { type ConditionContext, ContextLookup } from '../conditions/context.js'
import type { Principal } from '../principal.js'
import type { RoleView } from '../view.js'
import { type AccessRequest, type Decision, evaluateInContext } from './evaluate.js'

/** A request with the context that its service provides: `aws:SourceIp`, `aws:RequestedRegion`, `iot:ClientId`, … */
export type ContextualRequest = AccessRequest & { readonly context?: ConditionContext }

/**
 * Decides by the principal's current policies. Adds the time and the global condition keys that follow from the principal, which the
 * service's context cannot override.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function authorize(principal: Principal, request: ContextualRequest, view?: RoleView): Decision {
  return evaluateInContext(request, principal.policies(view), contextOf(principal, request.context))
}

/** Limits what a decision about this principal may use. */
export function contextOf(principal: Principal, context?: ConditionContext): ContextLookup {
  return new ContextLookup(() => [surroundings(principal), context, identityKeys(principal)], principal.typeWildcards)
}

/** All services use TLS, and no AWS service makes requests on behalf of others. */
function surroundings({ clock }: Principal): ConditionContext {
  const now = (clock ?? Date).now()
  return {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': Math.floor(now / 1000),
    'aws:SecureTransport': true,
    'aws:ViaAWSService': false,
  }
}

function identityKeys(principal: Principal): ConditionContext {
  const session = principal.type === 'AssumedRole'
  const tags = Object.entries(principal.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const)
  return {
    ...Object.fromEntries(tags),
    'aws:userid': principal.userId,
    // A session has no user name; the key is the role's ARN and not the session's.
    'aws:username': session ? undefined : principal.arn.slice(principal.arn.lastIndexOf('/') + 1),
    'aws:PrincipalArn': principal.issuerArn,
    'aws:PrincipalAccount': principal.accountId,
    'aws:PrincipalType': principal.type,
    'aws:PrincipalIsAWSService': false,
    'aws:SourceIdentity': principal.sourceIdentity,
    'lambda:SourceFunctionArn': principal.sourceFunctionArn,
    'aws:TokenIssueTime': principal.issuedAt === undefined ? undefined : new Date(principal.issuedAt).toISOString(),
    // Requests with long-term keys do not have this key; with temporary ones it is false, because there are no MFA devices.
    'aws:MultiFactorAuthPresent': session ? false : undefined,
  }
}
