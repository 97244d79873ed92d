import { ServiceError } from '../../../protocols/service-error.js'
import type { Template } from '../../template/template.js'

/**
 * IAM resources must be acknowledged; those with custom names require CAPABILITY_NAMED_IAM.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 *
 * @throws ServiceError `InsufficientCapabilitiesException`
 */
export function requireCapabilities({ Resources }: Template, given: readonly string[]): void {
  const iam = Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'))
  if (iam.length === 0) return
  const named = iam.some(({ Properties = {} }) =>
    ['RoleName', 'ManagedPolicyName', 'UserName'].some((name) => name in Properties),
  )
  const needed = named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'
  if (given.includes(needed) || given.includes('CAPABILITY_NAMED_IAM')) return
  throw new ServiceError('InsufficientCapabilitiesException', 400, `Requires capabilities : [${needed}]`)
}
