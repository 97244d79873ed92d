import type { Clock } from '../clock.js'
import type { SessionSettings, User } from './entities.js'
import type { NamedPolicy } from './evaluate.js'
import { parsePolicyDocument } from './parse-policy-document.js'
import type { PolicyDocument } from './policy-document.js'
import type { Principal } from './principal.js'

/** What principals read from the account whenever they are asked for their policies. */
export interface PolicySource {
  readonly accountId: string
  readonly clock: Clock
  /** @throws NoSuchEntityError */
  policy(arn: string): PolicyDocument
  /** Is the role that a session was made for still there? */
  hasRole(role: SessionSettings['role']): boolean
}

export function userPrincipal(user: User, { accountId, clock }: PolicySource): Principal {
  return {
    type: 'User',
    accountId,
    arn: user.arn,
    userId: user.userId,
    issuerArn: user.arn,
    get tags() {
      return user.tags
    },
    clock,
    policies: () => ({ identity: inlineOf(`user ${user.userName}`, user.inlinePolicies) }),
  }
}

/** @throws MalformedPolicyDocumentError for the session policy */
export function sessionPrincipal(settings: SessionSettings, source: PolicySource): Principal {
  const { role, sessionName, sessionPolicy, sessionPolicyArns = [], sourceIdentity, transitiveTagKeys } = settings
  const { accountId, clock } = source
  const attached = (owner: string, arn: string): NamedPolicy => ({
    name: `${owner}: managed policy ${arn.slice(arn.lastIndexOf('/') + 1)}`,
    document: source.policy(arn),
  })
  const session = sessionPolicyArns.map((arn) => attached('session policy', arn))
  if (sessionPolicy !== undefined) {
    session.unshift({ name: 'session policy', document: parsePolicyDocument(sessionPolicy, 'session') })
  }
  return {
    type: 'AssumedRole',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    issuerArn: role.arn,
    // A session tag replaces the role's tag of the same name.
    tags: { ...role.tags, ...settings.tags },
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(transitiveTagKeys === undefined ? {} : { transitiveTagKeys }),
    issuedAt: clock.now(),
    clock,
    policies: () => {
      const limits = session.length === 0 ? {} : { session }
      if (!source.hasRole(role)) return { identity: [], ...limits }
      const name = `role ${role.roleName}`
      const boundary = role.permissionsBoundary
      return {
        identity: [...inlineOf(name, role.inlinePolicies), ...role.managedPolicyArns.map((arn) => attached(name, arn))],
        ...limits,
        ...(boundary === undefined ? {} : { boundary: [attached('permissions boundary', boundary)] }),
      }
    },
  }
}

function inlineOf(owner: string, policies: ReadonlyMap<string, PolicyDocument>): NamedPolicy[] {
  return [...policies].map(([name, document]) => ({ name: `${owner}: inline policy ${name}`, document }))
}
