import { authorize, type Directory, type Role } from '../iam/index.js'
import { requiredParameter } from '../protocols/query.js'
import type { QueryOperation } from '../protocols/query-service.js'
import type { XmlTree } from '../protocols/xml.js'
import { asIamApiError, iamApiError } from './iam-api-error.js'

type OperationInput = Parameters<QueryOperation>[0] & {
  readonly directory: Directory
}

type Operation = (role: Role, input: OperationInput) => XmlTree

/**
 * The operations on a role, after the permission check.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
const operations: Readonly<Record<string, Operation>> = {
  GetRole: ({ roleName, roleId, arn, trustPolicy, maxSessionDuration }, { directory }) => ({
    Role: {
      Path: arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1),
      RoleName: roleName,
      RoleId: roleId,
      Arn: arn,
      AssumeRolePolicyDocument: encodeDocument(directory.policyText(trustPolicy)),
      MaxSessionDuration: maxSessionDuration,
    },
  }),
  ListRolePolicies: ({ inlinePolicies }) => ({ PolicyNames: [...inlinePolicies.keys()].sort(), IsTruncated: 'false' }),
  GetRolePolicy: ({ roleName, inlinePolicies }, { parameters, directory }) => {
    const policyName = requiredParameter(parameters, 'PolicyName')
    const document = inlinePolicies.get(policyName)
    if (!document) throw iamApiError('NoSuchEntity', `The role policy with name ${policyName} cannot be found.`)
    const text = encodeDocument(directory.policyText(document))
    return { RoleName: roleName, PolicyName: policyName, PolicyDocument: text }
  },
  PutRolePolicy: ({ roleName }, { parameters, directory }) => {
    const policyName = requiredParameter(parameters, 'PolicyName')
    if (!/^[\w+=,.@-]{1,128}$/u.test(policyName)) {
      throw iamApiError('ValidationError', 'The specified value for policyName is invalid.')
    }
    directory.putRolePolicy(roleName, policyName, requiredParameter(parameters, 'PolicyDocument'))
    return {}
  },
  DeleteRolePolicy: ({ roleName }, { parameters, directory }) => {
    directory.deleteRolePolicy(roleName, requiredParameter(parameters, 'PolicyName'))
    return {}
  },
}

/** The operations, each with its permission check. */
export function roleOperations(directory: Directory): ReadonlyMap<string, QueryOperation> {
  const bound = Object.entries(operations).map(([action, operation]): [string, QueryOperation] => [
    action,
    (call) => ({ result: operate(action, operation, { ...call, directory }) }),
  ])
  return new Map(bound)
}

/** @throws ServiceError */
function operate(action: string, operation: Operation, input: OperationInput): XmlTree {
  const { caller, directory, context, parameters } = input
  const roleName = requiredParameter(parameters, 'RoleName')
  const role = directory.role(roleName)
  // A caller without permission must not learn whether the role exists.
  const resource = role?.arn ?? `arn:aws:iam::${directory.accountId}:role/${roleName}`
  const { outcome, reason } = authorize(caller.principal, { action: `iam:${action}`, resource, context })
  if (outcome !== 'Allowed') {
    const message = `User: ${caller.principal.arn} is not authorized to perform: iam:${action} on resource: role ${roleName}`
    throw iamApiError('AccessDenied', message, reason)
  }
  if (!role) throw iamApiError('NoSuchEntity', `The role with name ${roleName} cannot be found.`)
  try {
    return operation(directory.propagation.role(role, 'reads'), input)
  } catch (error) {
    throw asIamApiError(error)
  }
}

/** "Policies returned by this operation are URL-encoded compliant with RFC 3986." */
function encodeDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/gu, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
