import { typeFor } from './iam-checks.js'
import { statements } from './statements.js'
import type { Check, Violation } from './template.js'
import { functionsWith, roleNamed, topicRoles, vendors } from './topic-roles.js'

/**
 * IAM has no condition key for a session policy, so nothing but its caller sees to it that a session has one. What IAM can
 * do is to let nobody else call, and to give the caller nothing else to call with.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export const topicRoleForSessions: Check = {
  name: 'topic-role-for-sessions',
  description:
    'A role that sessions of users are made from is open to more than its vendor, or may do more than use topics',
  fix: 'Trust the role of the vending function and nobody else. Leave everything but MQTT to other roles.',
  find: (template) =>
    topicRoles(template).flatMap(({ logicalId, trusted, permissions, managedPolicies }): Violation[] => [
      ...trusted
        .filter((principal) => principal !== trusted.find((name) => roleNamed(name) !== undefined))
        .map((principal) => ({
          logicalId,
          location: 'Properties.AssumeRolePolicyDocument',
          found: `${principal} could make sessions too, without a session policy`,
        })),
      ...managedPolicies
        .filter((arn) => !/:iam::aws:policy\/AWSIoT(FullAccess|DataAccess)$/u.test(arn) && !arn.startsWith('<'))
        .map((arn) => ({ logicalId, location: 'Properties.ManagedPolicyArns', found: arn })),
      ...permissions.flatMap((statement) =>
        statement.actions
          .filter((action) => typeFor(action) === undefined)
          .map((found) => ({ logicalId: statement.logicalId, location: statement.location, found })),
      ),
    ]),
}

/** What the vendor's role could do besides would be reached by a flaw in the function, past every session policy. */
export const vendorForSessions: Check = {
  name: 'vendor-for-sessions',
  description: 'The role of a vending function can be had by others, or can become more than one role',
  fix: 'Give the vending function a role of its own, which trusts lambda.amazonaws.com and may assume the topic role alone.',
  find: (template) => {
    const sessions = new Set(topicRoles(template).map(({ logicalId }) => logicalId))
    return vendors(template).flatMap((vendor): Violation[] => {
      const own = statements(template).filter(({ roles, effect }) => roles.includes(vendor) && effect === 'Allow')
      const users = functionsWith(vendor, template)
      return [
        ...own
          .filter(({ kind }) => kind === 'trust')
          .flatMap((trust) =>
            trust.principals
              .filter((principal) => principal !== 'Service:lambda.amazonaws.com')
              .map((found) => ({ logicalId: vendor, location: trust.location, found })),
          ),
        ...own
          .filter(({ kind, actions }) => kind === 'permissions' && actions.some((action) => /^sts:/iu.test(action)))
          .flatMap(({ logicalId, location, resources }) =>
            resources
              .filter((arn) => !sessions.has(roleNamed(arn) ?? ''))
              .map((arn) => ({ logicalId, location, found: `may become ${arn}` })),
          ),
        ...users.slice(1).map((logicalId) => ({
          logicalId,
          location: 'Properties.Role',
          found: `the role of ${users[0]} is also that of ${logicalId}`,
        })),
      ]
    })
  },
}
