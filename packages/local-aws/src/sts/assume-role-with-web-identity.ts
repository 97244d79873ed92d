import { authorizeFederated, type ConditionContext } from '../iam/index.js'
import type { UnsignedQueryOperation } from '../protocols/query-service.js'
import { ServiceError } from '../protocols/service-error.js'
import { readWebIdentityRequest } from './assume-role-request.js'
import {
  actionsOf,
  checkSessionPolicy,
  issueSession,
  type StsOperation,
  sessionContext,
  trustOf,
} from './issue-session.js'
import { verifyWebIdentity } from './web-identity.js'

/**
 * Temporary credentials for a user of an OpenID Connect provider of the account. The request is unsigned. It is not role chaining, so only
 * the role's own limit applies to the duration.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export const assumeRoleWithWebIdentity: StsOperation<UnsignedQueryOperation> = async (input) => {
  const { parameters, directory, packedPolicy, context, now } = input
  const request = readWebIdentityRequest(parameters)
  if (parameters.has('ProviderId')) {
    const message = 'ProviderId is for OAuth 2.0 access tokens, which the stand-in does not support; omit it.'
    throw new ServiceError('InvalidParameterValue', 400, message)
  }
  checkSessionPolicy(request, directory)
  const identity = await verifyWebIdentity(request.token, directory, now)
  const { provider, subject, audience, tags, transitiveTagKeys, sourceIdentity } = identity
  const role = directory.role(request.roleArn)
  if (!role) throw refused('sts:AssumeRoleWithWebIdentity', `there is no role ${request.roleArn}`)
  const issuer = provider.url.slice('https://'.length)
  const requestContext: ConditionContext = {
    ...context,
    ...sessionContext(request, identity),
    [`${issuer}:aud`]: audience,
    [`${issuer}:sub`]: subject,
    [`${issuer}:amr`]: identity.methods,
  }
  for (const action of actionsOf('sts:AssumeRoleWithWebIdentity', identity)) {
    const asked = { action, resource: role.arn, context: requestContext }
    const { outcome, reason } = authorizeFederated(provider.arn, asked, trustOf(role, directory))
    if (outcome !== 'Allowed') throw refused(action, `${provider.arn}, ${subject}: ${reason}`)
  }
  const issued = issueSession({ directory, role, request, packedPolicy, tags, transitiveTagKeys, sourceIdentity })
  return {
    ...issued,
    result: { ...issued.result, SubjectFromWebIdentityToken: subject, Provider: provider.arn, Audience: audience },
    principal: `${provider.arn}, ${subject}`,
  }
}

/** The response reveals neither the reason nor whether the role exists. */
function refused(action: string, detail: string): ServiceError {
  return new ServiceError('AccessDenied', 403, `Not authorized to perform ${action}`, detail)
}
