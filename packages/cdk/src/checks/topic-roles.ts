import { typeFor } from './iam-checks.js'
import { type Statement, statements } from './statements.js'
import { list, type Template, text } from './template.js'

/** A role that sessions of users are made from: it may use MQTT topics, and is assumed by another role. */
export interface TopicRole {
  readonly logicalId: string
  /** Whom it trusts, as `TYPE:NAME`. */
  readonly trusted: readonly string[]
  /** Its own permissions, wherever they are written. */
  readonly permissions: readonly Statement[]
  readonly managedPolicies: readonly string[]
}

/** A role of this template, named by its ARN as a principal or a resource. */
export function roleNamed(arn: string): string | undefined {
  return /^(?:AWS:)?<(\w+)\.Arn>$/u.exec(arn)?.[1]
}

/** Not among them: roles that a service alone may assume. They publish for themselves and hand nothing on. */
export function topicRoles(template: Template): TopicRole[] {
  const all = statements(template)
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    if (Type !== 'AWS::IAM::Role') return []
    const own = all.filter(({ roles }) => roles.includes(logicalId))
    const permissions = own.filter(({ kind, effect }) => kind === 'permissions' && effect === 'Allow')
    const managedPolicies = list(Properties.ManagedPolicyArns).map(text)
    const usesTopics =
      managedPolicies.some((arn) => arn.includes(':policy/AWSIoT')) ||
      permissions.some(({ actions }) => actions.some((action) => typeFor(action) !== undefined))
    const trusting = own.filter(({ kind, effect }) => kind === 'trust' && effect === 'Allow')
    const trusted = [...new Set(trusting.flatMap(({ principals }) => principals))]
    const handsOn = trusted.some((principal) => !principal.startsWith('Service:'))
    return usesTopics && handsOn ? [{ logicalId, trusted, permissions, managedPolicies }] : []
  })
}

/** Logical IDs of the template's roles that make sessions of topic roles. */
export function vendors(template: Template): string[] {
  return [...new Set(topicRoles(template).flatMap(({ trusted }) => trusted.flatMap((name) => roleNamed(name) ?? [])))]
}

/** Logical IDs of the functions that run as this role. */
export function functionsWith(role: string, { Resources = {} }: Template): string[] {
  return Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) =>
    Type === 'AWS::Lambda::Function' && roleNamed(text(Properties.Role)) === role ? [logicalId] : [],
  )
}
