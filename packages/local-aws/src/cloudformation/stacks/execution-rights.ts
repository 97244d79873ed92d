import { type AccessKey, authorize } from '../../iam/index.js'
import { ServiceFailure } from '../resources/failure.js'
import { callsOf } from '../resources/permissions.js'
import type { ResourceRequest, ResourceType } from '../resources/resource-type.js'

/**
 * Checks the permissions of the stack's role; a stack with a role has no other permissions. Resources without a known action are always
 * allowed.
 *
 * @throws ServiceFailure in the words of the service that would refuse it
 */
export function requireRights(
  roleArn: string | undefined,
  verb: 'create' | 'update' | 'delete',
  type: ResourceType,
  request: ResourceRequest,
): void {
  const known = callsOf[request.type]
  if (roleArn === undefined || known === undefined) return
  const { directory } = request.services
  const role = directory.role(roleArn)
  const name = request.physicalId ?? namedBy(type, request) ?? request.physicalName(64)
  const [action, resource] = [known[verb], known.arn(request.services, name)]
  const failure = (reason: string) => {
    const message = `User: arn:aws:sts::${directory.accountId}:assumed-role/${roleArn.split('/').at(-1)}/AWSCloudFormation is not authorized to perform: ${action} on resource: ${resource}${reason}`
    return new ServiceFailure(message, { service: serviceOf(action), status: 403, code: 'AccessDenied' })
  }
  if (role === undefined) throw failure(': the role does not exist')
  const session: AccessKey = directory.addSession({ role, sessionName: 'AWSCloudFormation', durationSeconds: 900 })
  const { outcome } = authorize(session.principal, { action, resource })
  directory.expire(session.accessKeyId)
  if (outcome === 'Allowed') return
  throw failure(` because no identity-based policy allows the ${action} action`)
}

function namedBy({ named }: ResourceType, { properties }: ResourceRequest): string | undefined {
  return named === undefined ? undefined : properties.optionalText(named)
}

function serviceOf(action: string): string {
  const [service = ''] = action.split(':')
  return service.charAt(0).toUpperCase() + service.slice(1)
}
