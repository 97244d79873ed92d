import type { Clock } from '../../clock.js'
import type { NamedPolicy, PolicySet } from '../decision/evaluate.js'
import type { PolicyDocument } from '../policy/document.js'
import { parsePolicyDocument } from '../policy/parse.js'
import type { TypeWildcards } from '../policy/type-wildcards.js'
import type { Principal } from '../principal.js'
import type { RoleView, View } from '../view.js'
import type { Role, RoleSessionSettings, User } from './entities.js'

/** The parts of the account that principals read for each decision. */
export interface PolicySource {
  readonly accountId: string
  readonly clock: Clock
  readonly typeWildcards: TypeWildcards
  /** The document behind this ARN. @throws NoSuchEntityError */
  policy(arn: string, view: View): PolicyDocument
  /** The role as seen by that view: changes may be delayed. */
  seen(role: Role, view: View): Role
  /** Whether the role of a session still exists. */
  hasRole(role: Role): boolean
}

export function userPrincipal(user: User, { accountId, clock, typeWildcards }: PolicySource): Principal {
  const inline = inlineOf(`user ${user.userName}`, () => user.inlinePolicies)
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
    typeWildcards,
    policies: whileSame(
      () => [inline()],
      () => ({ identity: inline() }),
    ),
  }
}

/** @throws MalformedPolicyDocumentError for the session policy */
export function sessionPrincipal(settings: RoleSessionSettings, source: PolicySource): Principal {
  const { role, sessionName, sessionPolicy, sessionPolicyArns = [] } = settings
  const { accountId, clock, typeWildcards } = source
  const session = sessionPolicyArns.map((arn) => attached('session policy', arn, source, 'decisions'))
  if (sessionPolicy !== undefined) {
    session.unshift({ name: 'session policy', document: parsePolicyDocument(sessionPolicy, 'session') })
  }
  const limit = (policies: () => PolicySet) => {
    let before: PolicySet | undefined
    let limited: PolicySet = { identity: [] }
    return () => {
      const now = policies()
      if (now !== before) {
        before = now
        limited = session.length === 0 ? now : { ...now, session }
      }
      return limited
    }
  }
  const byView = {
    decisions: limit(rolePolicies(role, source, 'decisions')),
    iot: limit(rolePolicies(role, source, 'iot')),
  }
  return {
    type: 'AssumedRole',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    issuerArn: role.arn,
    // A session tag replaces the role's tag of the same name.
    tags: { ...role.tags, ...settings.tags },
    sourceIdentity: settings.sourceIdentity,
    transitiveTagKeys: settings.transitiveTagKeys,
    sourceFunctionArn: settings.sourceFunctionArn,
    cognitoIdentity: settings.cognitoIdentity,
    issuedAt: clock.now(),
    clock,
    typeWildcards,
    policies: (view = 'decisions') => byView[view](),
  }
}

const readers: Readonly<Record<RoleView, WeakMap<Role, () => PolicySet>>> = {
  decisions: new WeakMap(),
  iot: new WeakMap(),
}

/** The permissions of a role as seen by the view, shared by all of its sessions. */
function rolePolicies(role: Role, source: PolicySource, view: RoleView): () => PolicySet {
  const known = readers[view].get(role)
  if (known !== undefined) return known
  const owner = `role ${role.roleName}`
  const inline = inlineOf(owner, () => source.seen(role, view).inlinePolicies)
  const documents = (arns: readonly string[]) => arns.map((arn) => source.policy(arn, view))
  const policies = whileSame(
    () => {
      if (!source.hasRole(role)) return []
      const { managedPolicyArns, permissionsBoundary: boundary } = source.seen(role, view)
      const arns = boundary === undefined ? managedPolicyArns : [...managedPolicyArns, boundary]
      return [inline(), managedPolicyArns, boundary, ...documents(arns)]
    },
    () => {
      if (!source.hasRole(role)) return { identity: [] }
      const { managedPolicyArns, permissionsBoundary: boundary } = source.seen(role, view)
      return {
        identity: [...inline(), ...managedPolicyArns.map((arn) => attached(owner, arn, source, view))],
        boundary: boundary === undefined ? undefined : [attached('permissions boundary', boundary, source, view)],
      }
    },
  )
  readers[view].set(role, policies)
  return policies
}

function attached(owner: string, arn: string, source: Pick<PolicySource, 'policy'>, view: View): NamedPolicy {
  return {
    name: `${owner}: managed policy ${arn.slice(arn.lastIndexOf('/') + 1)}`,
    document: source.policy(arn, view),
  }
}

/** Checks the inputs at each call, and recomputes the policies only if they are not identical. */
function whileSame(basis: () => readonly unknown[], policies: () => PolicySet): () => PolicySet {
  let before: readonly unknown[] = []
  let made: PolicySet = { identity: [] }
  return () => {
    const now = basis()
    if (now.length === before.length && now.every((one, index) => one === before[index])) return made
    made = policies()
    before = now
    return made
  }
}

/** The same list while all policies are the same: a changed policy is a different document. */
function inlineOf(owner: string, read: () => ReadonlyMap<string, PolicyDocument>): () => readonly NamedPolicy[] {
  let before: (readonly [string, PolicyDocument])[] = []
  let named: readonly NamedPolicy[] = []
  const isSame = (policies: ReadonlyMap<string, PolicyDocument>): boolean => {
    if (policies.size !== before.length) return false
    let index = 0
    for (const [name, document] of policies) {
      const [nameBefore, documentBefore] = before[index++] ?? []
      if (name !== nameBefore || document !== documentBefore) return false
    }
    return true
  }
  return () => {
    const policies = read()
    if (isSame(policies)) return named
    before = [...policies]
    named = before.map(([name, document]) => ({ name: `${owner}: inline policy ${name}`, document }))
    return named
  }
}
