import { type AccessKey, authorize } from '../../iam/index.js'
import { CustomResourceFailure } from './failure.js'
import { findFunction } from './lambda.js'
import type { ResourceRequest } from './resource-type.js'

/**
 * Performs the work of a custom resource's function with the permissions of its role. For CDK providers whose code needs the SDK that is only
 * available on Lambda.
 *
 * @throws CustomResourceFailure
 */
export function demand({ properties, services }: ResourceRequest, action: string, resource: string): void {
  const { configuration } = findFunction(services, properties.text('ServiceToken'))
  const role = services.directory.role(configuration.roleArn)
  if (role === undefined) throw new CustomResourceFailure(`there is no role ${configuration.roleArn}`)
  const session: AccessKey = services.directory.addSession({
    role,
    sessionName: configuration.functionName,
    durationSeconds: 900,
  })
  const { arn } = session.principal
  const decision = authorize(session.principal, { action, resource })
  services.directory.expire(session.accessKeyId)
  if (decision.outcome === 'Allowed') return
  throw new CustomResourceFailure(
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`,
  )
}
