import type { Properties } from './properties.js'
import type { ResourceType } from './resource-type.js'

/** `AWS::IAM::Role` */
export const role: ResourceType = {
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
  create({ properties, services, physicalName }) {
    const path = properties.optionalText('Path')
    const maxSessionDuration = properties.optionalNumber('MaxSessionDuration')
    const permissionsBoundary = properties.optionalText('PermissionsBoundary')
    const created = services.directory.createRole({
      roleName: properties.optionalText('RoleName') ?? physicalName(64),
      trustPolicy: properties.raw('AssumeRolePolicyDocument'),
      managedPolicyArns: properties.texts('ManagedPolicyArns'),
      inlinePolicies: Object.fromEntries(
        properties.list('Policies').map((policy) => [policy.text('PolicyName'), policy.raw('PolicyDocument')]),
      ),
      tags: tags(properties),
      ...(path === undefined ? {} : { path }),
      ...(maxSessionDuration === undefined ? {} : { maxSessionDuration }),
      ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
    })
    return { ref: created.roleName, attributes: { Arn: created.arn, RoleId: created.roleId } }
  },
}

/** `AWS::IAM::Policy`: an inline policy of one or more roles. */
export const policy: ResourceType = {
  honoured: ['PolicyDocument', 'PolicyName', 'Roles'],
  create({ properties, services, logicalId }) {
    const name = properties.text('PolicyName')
    const roles = properties.texts('Roles')
    if (roles.length === 0) throw new Error('a policy must be attached to at least one role')
    for (const roleName of roles) services.directory.putRolePolicy(roleName, name, properties.raw('PolicyDocument'))
    return { ref: name, attributes: { Id: logicalId } }
  },
}

/** `AWS::IAM::RolePolicy`: the same for exactly one role. */
export const rolePolicy: ResourceType = {
  honoured: ['PolicyDocument', 'PolicyName', 'RoleName'],
  create({ properties, services }) {
    const [roleName, name] = [properties.text('RoleName'), properties.text('PolicyName')]
    services.directory.putRolePolicy(roleName, name, properties.raw('PolicyDocument'))
    return { ref: `${name}|${roleName}` }
  },
}

/** `AWS::IAM::ManagedPolicy` */
export const managedPolicy: ResourceType = {
  honoured: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
  inert: ['Description'],
  create({ properties, services, physicalName }) {
    const arn = services.directory.createPolicy(
      properties.optionalText('ManagedPolicyName') ?? physicalName(128),
      properties.raw('PolicyDocument'),
    )
    for (const roleName of properties.texts('Roles')) {
      const found = services.directory.role(roleName)
      if (found === undefined) throw new Error(`there is no role ${roleName}`)
      found.managedPolicyArns = [...found.managedPolicyArns, arn]
    }
    return { ref: arn, attributes: { PolicyArn: arn } }
  },
}

function tags(properties: Properties): Record<string, string> {
  return Object.fromEntries(properties.list('Tags').map((tag) => [tag.text('Key'), tag.text('Value')]))
}
