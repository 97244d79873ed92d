import type { Clock } from '../../clock.js'
import { type AccessKey, authorize } from '../../iam/index.js'
import { SignatureError, verify } from '../../sigv4/index.js'
import type { ApiRequest } from '../messages/request.js'
import type { Authorization } from './authorization.js'

/** The parts of the account that the IAM authorizer needs. */
interface IamAuthorizerSettings {
  readonly region: string
  readonly clock: Clock
  accessKey(accessKeyId: string): AccessKey | undefined
}

/**
 * The AWS_IAM authorizer: the request must be signed for `execute-api`, and the signer's own policies must allow
 * `execute-api:Invoke` on this method and path.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
 *
 * @param resource `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>`
 */
export function authorizeIam(request: ApiRequest, resource: string, settings: IamAuthorizerSettings): Authorization {
  const { region, clock } = settings
  let accessKey: AccessKey
  try {
    const signed = { ...request, path: request.rawPath }
    const options = { service: ['execute-api'], region, clock, accessKey: (id: string) => settings.accessKey(id) }
    accessKey = verify(signed, options)
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    return refused(`${error.code}: ${error.message}`, error.accessKeyId)
  }
  const { principal } = accessKey
  const context = { 'aws:SourceIp': request.sourceIp, 'aws:RequestedRegion': region }
  const decision = authorize(principal, { action: 'execute-api:Invoke', resource, context })
  if (decision.outcome !== 'Allowed') return refused(decision.reason, principal.arn)
  const iam = {
    accessKey: accessKey.accessKeyId,
    accountId: principal.accountId,
    callerId: principal.userId,
    cognitoIdentity: principal.cognitoIdentity ?? null,
    principalOrgId: null,
    userArn: principal.arn,
    userId: principal.userId,
  }
  return { allowed: true, principal: principal.arn, context: { iam }, reason: decision.reason }
}

function refused(reason: string, principal: string | undefined): Authorization {
  return { allowed: false, status: 403, headers: {}, reason, principal }
}
