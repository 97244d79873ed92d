import { type Directory, LimitExceededError } from '../../iam/index.js'
import { alreadyExists, ServiceFailure } from './failure.js'
import type { Properties } from './properties.js'
import type { ResourceType } from './resource-type.js'

/** `AWS::IAM::Role` */
export const role: ResourceType = {
  outlives: true,
  honoured: [
    'AssumeRolePolicyDocument',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
    'Tags',
  ],
  inert: ['Description'],
  replacedBy: ['Path', 'RoleName'],
  named: 'RoleName',
  create(request) {
    const { properties, services } = request
    const roleName = properties.optionalText('RoleName') ?? request.physicalName(64)
    if (services.directory.role(roleName) !== undefined) throw alreadyExists(request.type, roleName)
    const created = services.directory.createRole({
      roleName,
      path: properties.optionalText('Path'),
      trustPolicy: properties.raw('AssumeRolePolicyDocument'),
      inlinePolicies: inlinePolicies(properties),
      ...settings(properties),
    })
    return { ref: created.roleName, attributes: { Arn: created.arn, RoleId: created.roleId } }
  },
  update({ properties, before, physicalId, attributes, services: { directory } }) {
    directory.updateAssumeRolePolicy(physicalId, properties.raw('AssumeRolePolicyDocument'))
    const [policies, former] = [inlinePolicies(properties), inlinePolicies(before)]
    for (const name of Object.keys(former)) if (!(name in policies)) removePolicy(directory, physicalId, name)
    for (const [name, document] of Object.entries(policies)) {
      if (!same(document, former[name])) directory.putRolePolicy(physicalId, name, document)
    }
    const { managedPolicyArns, maxSessionDuration = 3_600, ...others } = settings(properties)
    // Policies attached by others stay; those attached by this template before are removed.
    const { managedPolicyArns: attached = [] } = directory.role(physicalId) ?? {}
    const foreign = attached.filter((arn) => !settings(before).managedPolicyArns.includes(arn))
    directory.updateRole(physicalId, {
      ...others,
      maxSessionDuration,
      managedPolicyArns: [...new Set([...managedPolicyArns, ...foreign])],
    })
    return { ref: physicalId, attributes }
  },
  /** Policies attached by others block the deletion, as observed on AWS: https://github.com/convox/rack/issues/2672 */
  delete({ properties, physicalId, services: { directory } }) {
    const found = directory.role(physicalId)
    if (found === undefined) return
    for (const name of Object.keys(inlinePolicies(properties))) removePolicy(directory, physicalId, name)
    const own = new Set(properties.texts('ManagedPolicyArns'))
    found.managedPolicyArns = found.managedPolicyArns.filter((arn) => !own.has(arn))
    if (found.inlinePolicies.size > 0) throw conflict('Cannot delete entity, must delete policies first.')
    if (found.managedPolicyArns.length > 0) throw conflict('Cannot delete entity, must detach all policies first.')
    directory.deleteRole(physicalId)
  },
}

/** `AWS::IAM::Policy`: an inline policy of one or more roles. */
export const policy: ResourceType = {
  outlives: true,
  honoured: ['PolicyDocument', 'PolicyName', 'Roles'],
  create({ properties, services, logicalId, physicalName }) {
    putPolicy(properties, services.directory)
    return { ref: properties.text('PolicyName'), attributes: { Id: physicalName(64) || logicalId } }
  },
  update({ properties, before, attributes, services: { directory } }) {
    putPolicy(properties, directory)
    for (const roleName of before.texts('Roles')) {
      const kept =
        properties.texts('Roles').includes(roleName) && before.text('PolicyName') === properties.text('PolicyName')
      if (!kept) removePolicy(directory, roleName, before.text('PolicyName'))
    }
    return { ref: properties.text('PolicyName'), attributes }
  },
  delete({ properties, services: { directory } }) {
    for (const roleName of properties.texts('Roles')) removePolicy(directory, roleName, properties.text('PolicyName'))
  },
}

/** `AWS::IAM::RolePolicy`: the same for exactly one role. */
export const rolePolicy: ResourceType = {
  outlives: true,
  honoured: ['PolicyDocument', 'PolicyName', 'RoleName'],
  replacedBy: ['PolicyName', 'RoleName'],
  create({ properties, services }) {
    const [roleName, name] = [properties.text('RoleName'), properties.text('PolicyName')]
    services.directory.putRolePolicy(roleName, name, properties.raw('PolicyDocument'))
    return { ref: `${name}|${roleName}` }
  },
  update({ properties, physicalId, services: { directory } }) {
    directory.putRolePolicy(
      properties.text('RoleName'),
      properties.text('PolicyName'),
      properties.raw('PolicyDocument'),
    )
    return { ref: physicalId }
  },
  delete({ properties, services: { directory } }) {
    removePolicy(directory, properties.text('RoleName'), properties.text('PolicyName'))
  },
}

/** `AWS::IAM::ManagedPolicy` */
export const managedPolicy: ResourceType = {
  outlives: true,
  honoured: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
  inert: ['Description'],
  replacedBy: ['Description', 'ManagedPolicyName', 'Path'],
  named: 'ManagedPolicyName',
  create({ properties, services, physicalName }) {
    const arn = services.directory.createPolicy(
      properties.optionalText('ManagedPolicyName') ?? physicalName(128),
      properties.raw('PolicyDocument'),
    )
    for (const roleName of properties.texts('Roles')) attach(services.directory, roleName, arn)
    return { ref: arn, attributes: { PolicyArn: arn } }
  },
  update({ properties, before, physicalId, attributes, services: { directory } }) {
    directory.updatePolicy(physicalId, properties.raw('PolicyDocument'))
    for (const roleName of before.texts('Roles')) detach(directory, roleName, physicalId)
    for (const roleName of properties.texts('Roles')) attach(directory, roleName, physicalId)
    return { ref: physicalId, attributes }
  },
  delete({ properties, physicalId, services: { directory } }) {
    for (const roleName of properties.texts('Roles')) detach(directory, roleName, physicalId)
    if (directory.isAttached(physicalId)) throw conflict('Cannot delete a policy attached to entities.')
    directory.deletePolicy(physicalId)
  },
}

function putPolicy(properties: Properties, directory: Directory): void {
  const roles = properties.texts('Roles')
  if (roles.length === 0) throw new Error('a policy must be attached to at least one role')
  for (const roleName of roles) {
    directory.putRolePolicy(roleName, properties.text('PolicyName'), properties.raw('PolicyDocument'))
  }
}

/** Removing a policy that no longer exists is not an error. */
function removePolicy(directory: Directory, roleName: string, policyName: string): void {
  if (directory.role(roleName)?.inlinePolicies.has(policyName)) directory.deleteRolePolicy(roleName, policyName)
}

function attach(directory: Directory, roleName: string, arn: string): void {
  const found = directory.role(roleName)
  if (found === undefined) throw new Error(`there is no role ${roleName}`)
  if (found.managedPolicyArns.length >= 10) throw new LimitExceededError('Cannot exceed quota for PoliciesPerRole: 10')
  found.managedPolicyArns = [...found.managedPolicyArns, arn]
}

function detach(directory: Directory, roleName: string, arn: string): void {
  const found = directory.role(roleName)
  if (found !== undefined) found.managedPolicyArns = found.managedPolicyArns.filter((one) => one !== arn)
}

function inlinePolicies(properties: Properties): Record<string, unknown> {
  const policies = properties.list('Policies')
  return Object.fromEntries(policies.map((one) => [one.text('PolicyName'), one.raw('PolicyDocument')]))
}

function settings(properties: Properties) {
  return {
    managedPolicyArns: properties.texts('ManagedPolicyArns'),
    tags: Object.fromEntries(properties.list('Tags').map((tag) => [tag.text('Key'), tag.text('Value')])),
    maxSessionDuration: properties.optionalNumber('MaxSessionDuration'),
    permissionsBoundary: properties.optionalText('PermissionsBoundary'),
  }
}

function conflict(message: string): ServiceFailure {
  return new ServiceFailure(message, { service: 'Iam', status: 409, code: 'GeneralServiceException' })
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
