import { type AccessKey, authorize, type ConditionContext, type Directory, type Role } from '../iam/index.js'
import type { XmlTree } from '../protocols/xml.js'
import { IamApiError } from './iam-api-error.js'

export interface OperationInput {
  readonly parameters: URLSearchParams
  readonly directory: Directory
  /** Whose signature was verified. */
  readonly caller: AccessKey
  readonly context: ConditionContext
}

type Operation = (role: Role, input: OperationInput) => XmlTree

/**
 * What is done with a role, once the caller may do it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'GetRole',
    ({ roleName, roleId, arn, trustPolicy, maxSessionDuration }, { directory }) => ({
      Role: {
        Path: arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1),
        RoleName: roleName,
        RoleId: roleId,
        Arn: arn,
        AssumeRolePolicyDocument: encodeDocument(directory.policyText(trustPolicy)),
        MaxSessionDuration: maxSessionDuration,
      },
    }),
  ],
  [
    'ListRolePolicies',
    ({ inlinePolicies }) => ({ PolicyNames: [...inlinePolicies.keys()].sort(), IsTruncated: 'false' }),
  ],
  [
    'GetRolePolicy',
    ({ roleName, inlinePolicies }, { parameters, directory }) => {
      const policyName = required(parameters, 'PolicyName')
      const document = inlinePolicies.get(policyName)
      if (!document) throw new IamApiError('NoSuchEntity', `The role policy with name ${policyName} cannot be found.`)
      const text = encodeDocument(directory.policyText(document))
      return { RoleName: roleName, PolicyName: policyName, PolicyDocument: text }
    },
  ],
  [
    'PutRolePolicy',
    (role, { parameters, directory }) => {
      const policyName = required(parameters, 'PolicyName')
      if (!/^[\w+=,.@-]{1,128}$/u.test(policyName)) {
        throw new IamApiError('ValidationError', 'The specified value for policyName is invalid.')
      }
      directory.putRolePolicy(role.roleName, policyName, required(parameters, 'PolicyDocument'))
      return {}
    },
  ],
  [
    'DeleteRolePolicy',
    (role, { parameters, directory }) => {
      directory.deleteRolePolicy(role.roleName, required(parameters, 'PolicyName'))
      return {}
    },
  ],
])

/** @throws IamApiError; the directory's own errors for what it does not store */
export function operate(action: string, version: string | null, input: OperationInput): XmlTree {
  const operation = version === '2010-05-08' ? operations.get(action) : undefined
  if (!operation) {
    const known = [...operations.keys()].join(', ')
    const message = `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}. This stand-in has ${known}, all of version 2010-05-08.`
    throw new IamApiError('InvalidAction', message)
  }
  const { caller, directory, context, parameters } = input
  const roleName = required(parameters, 'RoleName')
  const role = directory.role(roleName)
  // Who may not ask is not told whether there is such a role.
  const resource = role?.arn ?? `arn:aws:iam::${directory.accountId}:role/${roleName}`
  const { outcome, reason } = authorize(caller.principal, { action: `iam:${action}`, resource, context })
  if (outcome !== 'Allowed') {
    const message = `User: ${caller.principal.arn} is not authorized to perform: iam:${action} on resource: role ${roleName}`
    throw new IamApiError('AccessDenied', message, reason)
  }
  if (!role) throw new IamApiError('NoSuchEntity', `The role with name ${roleName} cannot be found.`)
  return operation(directory.propagation.role(role, 'reads'), input)
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name)
  if (value !== null && value !== '') return value
  const field = name.charAt(0).toLowerCase() + name.slice(1)
  const message = `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`
  throw new IamApiError('ValidationError', message)
}

/** "Policies returned by this operation are URL-encoded compliant with RFC 3986." */
function encodeDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/gu, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
