import { type AccessKey, authorize } from '../../iam/index.js'
import { CustomResourceFailure } from './failure.js'
import { findFunction } from './lambda.js'
import type { ResourceRequest } from './resource-type.js'

/**
 * Does what the function behind a custom resource would do, with the rights of that function's role. For providers of the CDK
 * whose code needs the SDK that only Lambda carries.
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
