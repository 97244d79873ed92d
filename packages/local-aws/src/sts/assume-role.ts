import {
  authorizeByTrust,
  type ConditionContext,
  type Decision,
  type Directory,
  type Principal,
  type Role,
} from '../iam/index.js'
import type { QueryOperation } from '../protocols/query-service.js'
import { ServiceError } from '../protocols/service-error.js'
import { type AssumeRoleRequest, invalidParameter, readAssumeRoleRequest } from './assume-role-request.js'
import {
  actionsOf,
  checkSessionPolicy,
  issueSession,
  type StsOperation,
  sessionContext,
  trustOf,
} from './issue-session.js'

const chainedSeconds = 3_600

/**
 * Temporary credentials for a role: its trust policy must allow the caller, and the caller's own policies must not deny it. The session may
 * do what both role and session policy allow.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: StsOperation<QueryOperation> = ({ parameters, caller, directory, packedPolicy, context }) => {
  const request = readAssumeRoleRequest(parameters)
  refuseUnmodelled(parameters)
  checkSessionPolicy(request, directory)
  const { principal } = caller
  const role = directory.role(request.roleArn)
  const inherited = inheritedTags(principal, request)
  const sourceIdentity = sourceIdentityOf(principal, request)
  permit(principal, role, directory, { ...request, sourceIdentity }, context)
  checkChaining(principal, request)
  const tags = { ...inherited, ...request.tags }
  const transitiveTagKeys = [...Object.keys(inherited), ...request.transitiveTagKeys]
  return issueSession({ directory, role, request, packedPolicy, tags, transitiveTagKeys, sourceIdentity })
}

/** There are no MFA devices and no context assertions. */
function refuseUnmodelled(parameters: URLSearchParams): void {
  if (parameters.has('SerialNumber') || parameters.has('TokenCode')) {
    const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code. '
    throw new ServiceError('AccessDenied', 403, message)
  }
  if ([...parameters.keys()].some((name) => name.startsWith('ProvidedContexts.'))) {
    throw invalidParameter('The stand-in does not support ProvidedContexts; omit it.')
  }
}

/** Transitive tags of the caller's session are passed on to the next one and cannot be replaced. */
function inheritedTags(principal: Principal, { tags, transitiveTagKeys }: AssumeRoleRequest): Record<string, string> {
  const keys = principal.transitiveTagKeys ?? []
  const taken = new Set([...Object.keys(tags), ...transitiveTagKeys].map((key) => key.toLowerCase()))
  if (keys.some((key) => taken.has(key.toLowerCase()))) {
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  const passed = new Set(Object.keys(tags).map((key) => key.toLowerCase()))
  if (transitiveTagKeys.some((key) => !passed.has(key.toLowerCase()))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.')
  }
  return Object.fromEntries(keys.map((key) => [key, principal.tags[key] ?? '']))
}

/** Once set, a source identity is kept for every role that is assumed from the session. */
function sourceIdentityOf({ sourceIdentity }: Principal, request: AssumeRoleRequest): string | undefined {
  if (sourceIdentity !== undefined && (request.sourceIdentity ?? sourceIdentity) !== sourceIdentity) {
    throw new ServiceError('ValidationError', 400, 'SourceIdentity of the calling session cannot be changed.')
  }
  return sourceIdentity ?? request.sourceIdentity
}

/** A role that does not exist is refused like one that may not be assumed, so that callers cannot probe for names. */
function permit(
  principal: Principal,
  role: Role | undefined,
  directory: Directory,
  request: AssumeRoleRequest,
  given: ConditionContext,
): asserts role is Role {
  const context = { ...given, ...sessionContext(request, request), 'sts:ExternalId': request.externalId }
  for (const action of actionsOf('sts:AssumeRole', request)) {
    const decision: Decision = role
      ? authorizeByTrust(
          principal,
          { action, resource: role.arn, context: { ...context, ...roleTags(role) } },
          trustOf(role, directory),
        )
      : { outcome: 'ImplicitlyDenied', reason: `there is no role ${request.roleArn}` }
    if (decision.outcome === 'Allowed') continue
    const explicit = decision.outcome === 'ExplicitlyDenied' ? ` with an explicit deny in ${layerOf(decision)}` : ''
    const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${request.roleArn}${explicit}`
    throw new ServiceError('AccessDenied', 403, message, decision.reason)
  }
}

function roleTags({ tags }: Role): ConditionContext {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}

function layerOf({ policy = '' }: Decision): string {
  if (policy.endsWith('trust policy')) return 'a resource-based policy'
  if (policy.startsWith('session policy')) return 'a session policy'
  return policy.startsWith('permissions boundary') ? 'a permissions boundary' : 'an identity-based policy'
}

/** Role chaining: a session can create another one for at most an hour, whatever the role allows. */
function checkChaining(principal: Principal, { durationSeconds }: AssumeRoleRequest): void {
  if (principal.type === 'AssumedRole' && durationSeconds > chainedSeconds) {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
    throw new ServiceError('ValidationError', 400, message)
  }
}
