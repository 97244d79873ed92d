import { type ConditionContext, ContextLookup } from '../conditions/context.js'
import type { Principal } from '../principal.js'
import type { RoleView } from '../view.js'
import { type AccessRequest, type Decision, evaluateInContext } from './evaluate.js'

/** A request with what its service knows about it: `aws:SourceIp`, `aws:RequestedRegion`, `iot:ClientId`, … */
export type ContextualRequest = AccessRequest & { readonly context?: ConditionContext }

/**
 * May this principal do it, by its policies as they are now? Fills in the global condition keys that follow from who asks
 * (they cannot be overridden by the service's context) and the time.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function authorize(principal: Principal, request: ContextualRequest, view?: RoleView): Decision {
  return evaluateInContext(request, principal.policies(view), contextOf(principal, request.context))
}

/** What a decision about this principal may look at. */
export function contextOf(principal: Principal, context?: ConditionContext): ContextLookup {
  return new ContextLookup(() => [surroundings(principal), context, identityKeys(principal)], principal.typeWildcards)
}

/** Nothing here is served without TLS, and nothing is called by an AWS service on somebody's behalf. */
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
    // A session has no user name; for it the key is the role's ARN, not the session's.
    'aws:username': session ? undefined : principal.arn.slice(principal.arn.lastIndexOf('/') + 1),
    'aws:PrincipalArn': principal.issuerArn,
    'aws:PrincipalAccount': principal.accountId,
    'aws:PrincipalType': principal.type,
    'aws:PrincipalIsAWSService': false,
    'aws:SourceIdentity': principal.sourceIdentity,
    'lambda:SourceFunctionArn': principal.sourceFunctionArn,
    'aws:TokenIssueTime': principal.issuedAt === undefined ? undefined : new Date(principal.issuedAt).toISOString(),
    // Long-term keys do not carry the key at all; temporary ones say false, as nobody signs in with a device here.
    'aws:MultiFactorAuthPresent': session ? false : undefined,
  }
}
