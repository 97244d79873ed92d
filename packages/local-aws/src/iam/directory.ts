import type { Clock } from '../clock.js'
import { EntityAlreadyExistsError, NoSuchEntityError } from './errors.js'
import type { NamedPolicy } from './evaluate.js'
import { accessKeyId, secretAccessKey, sessionToken, uniqueId } from './identifiers.js'
import { managedPolicies } from './managed-policies.js'
import { parsePolicyDocument } from './parse-policy-document.js'
import type { PolicyDocument } from './policy-document.js'
import type { AccessKey, Principal } from './principal.js'

export interface RoleSettings {
  readonly roleName: string
  /** `/` (the default) or `/team/`: part of the ARN. */
  readonly path?: string
  /** An object or JSON text, like every document here. */
  readonly trustPolicy: unknown
  readonly managedPolicyArns?: readonly string[]
  readonly inlinePolicies?: Readonly<Record<string, unknown>>
  /** Seconds, 3600 to 43200; default 3600. */
  readonly maxSessionDuration?: number
  /** ARN of a managed policy. */
  readonly permissionsBoundary?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** A role as it is now: `inlinePolicies`, `trustPolicy` and the rest may be changed, and count from the next request on. */
export interface Role {
  readonly roleName: string
  readonly arn: string
  /** `AROA…` */
  readonly roleId: string
  trustPolicy: PolicyDocument
  readonly inlinePolicies: Map<string, PolicyDocument>
  managedPolicyArns: readonly string[]
  permissionsBoundary: string | undefined
  maxSessionDuration: number
  tags: Readonly<Record<string, string>>
}

export interface User {
  readonly userName: string
  readonly arn: string
  /** `AIDA…` */
  readonly userId: string
  readonly inlinePolicies: Map<string, PolicyDocument>
  tags: Readonly<Record<string, string>>
}

export interface SessionSettings {
  readonly role: Role
  readonly sessionName: string
  /** The inline session policy, JSON text or object. Absent and no ARNs: the session may do all that the role may. */
  readonly sessionPolicy?: unknown
  readonly sessionPolicyArns?: readonly string[]
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly transitiveTagKeys?: readonly string[]
  readonly durationSeconds: number
}

const hour = 3_600_000

/** The account: which roles, users, policies and access keys there are. Nothing in it is ever written to disk. */
export class Directory {
  readonly accountId: string
  readonly #clock: Clock
  readonly #roles = new Map<string, Role>()
  readonly #users = new Map<string, User>()
  readonly #policies = new Map<string, PolicyDocument>()
  readonly #longTermKeys = new Map<string, AccessKey>()
  // In order of issue, so the oldest are found first when expired ones are forgotten.
  readonly #sessionKeys = new Map<string, AccessKey>()

  constructor({ accountId, clock }: { readonly accountId: string; readonly clock: Clock }) {
    this.accountId = accountId
    this.#clock = clock
  }

  /** A customer-managed policy; answers its ARN. AWS's own ones that the stack can use are there already. */
  createPolicy(policyName: string, document: unknown): string {
    const arn = `arn:aws:iam::${this.accountId}:policy/${policyName}`
    if (this.#policies.has(arn)) throw new EntityAlreadyExistsError(`A policy called ${policyName} already exists.`)
    this.#policies.set(arn, parsePolicyDocument(document, 'identity'))
    return arn
  }

  /** @throws NoSuchEntityError */
  policy(arn: string): PolicyDocument {
    const document = this.#policies.get(arn) ?? managedPolicies.get(arn)
    if (!document) throw new NoSuchEntityError(`Policy ${arn} does not exist or is not attachable.`)
    return document
  }

  /** @throws MalformedPolicyDocumentError, EntityAlreadyExistsError, NoSuchEntityError (a managed policy) */
  createRole(settings: RoleSettings): Role {
    const { roleName, path = '/', managedPolicyArns = [], permissionsBoundary, maxSessionDuration = 3_600 } = settings
    if (this.#roles.has(roleName)) throw new EntityAlreadyExistsError(`Role with name ${roleName} already exists.`)
    for (const arn of [...managedPolicyArns, ...(permissionsBoundary ? [permissionsBoundary] : [])]) this.policy(arn)
    const role: Role = {
      roleName,
      arn: `arn:aws:iam::${this.accountId}:role${path}${roleName}`,
      roleId: uniqueId('AROA'),
      trustPolicy: parsePolicyDocument(settings.trustPolicy, 'trust'),
      inlinePolicies: readInlinePolicies(settings.inlinePolicies),
      managedPolicyArns,
      permissionsBoundary,
      maxSessionDuration,
      tags: settings.tags ?? {},
    }
    this.#roles.set(roleName, role)
    return role
  }

  /** By name or ARN; undefined when there is none. */
  role(nameOrArn: string): Role | undefined {
    const role = this.#roles.get(nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1))
    return role && (nameOrArn === role.roleName || nameOrArn === role.arn) ? role : undefined
  }

  /** Its sessions live on without any permission, as in AWS. */
  deleteRole(roleName: string): void {
    this.#existingRole(roleName)
    this.#roles.delete(roleName)
  }

  /** Adds or replaces an inline policy, under live sessions too. */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void {
    this.#existingRole(roleName).inlinePolicies.set(policyName, parsePolicyDocument(document, 'identity'))
  }

  deleteRolePolicy(roleName: string, policyName: string): void {
    if (this.#existingRole(roleName).inlinePolicies.delete(policyName)) return
    throw new NoSuchEntityError(`The role policy with name ${policyName} cannot be found.`)
  }

  updateAssumeRolePolicy(roleName: string, document: unknown): void {
    this.#existingRole(roleName).trustPolicy = parsePolicyDocument(document, 'trust')
  }

  createUser(
    userName: string,
    inlinePolicies: Readonly<Record<string, unknown>> = {},
    tags: Readonly<Record<string, string>> = {},
  ): { readonly user: User; readonly accessKey: AccessKey } {
    if (this.#users.has(userName)) throw new EntityAlreadyExistsError(`User with name ${userName} already exists.`)
    const user: User = {
      userName,
      arn: `arn:aws:iam::${this.accountId}:user/${userName}`,
      userId: uniqueId('AIDA'),
      inlinePolicies: readInlinePolicies(inlinePolicies),
      tags,
    }
    this.#users.set(userName, user)
    const accessKey: AccessKey = {
      accessKeyId: accessKeyId('AKIA'),
      secretAccessKey: secretAccessKey(),
      principal: this.#userPrincipal(user),
    }
    this.#longTermKeys.set(accessKey.accessKeyId, accessKey)
    return { user, accessKey }
  }

  /** Issues temporary credentials. Whether the caller may have them is for STS to decide. */
  addSession(settings: SessionSettings): AccessKey {
    const now = this.#clock.now()
    this.#forgetExpired(now)
    const accessKey: AccessKey = {
      accessKeyId: accessKeyId('ASIA'),
      secretAccessKey: secretAccessKey(),
      sessionToken: sessionToken(),
      // AWS gives whole seconds.
      expiresAt: Math.floor(now / 1000) * 1000 + settings.durationSeconds * 1000,
      principal: this.#sessionPrincipal(settings, now),
    }
    this.#sessionKeys.set(accessKey.accessKeyId, accessKey)
    return accessKey
  }

  accessKey(accessKeyId: string): AccessKey | undefined {
    return this.#longTermKeys.get(accessKeyId) ?? this.#sessionKeys.get(accessKeyId)
  }

  /** Fault: these temporary credentials expire now. */
  expire(accessKeyId: string): void {
    const key = this.#sessionKeys.get(accessKeyId)
    if (!key) throw new NoSuchEntityError(`There are no temporary credentials with access key ${accessKeyId}.`)
    this.#sessionKeys.set(accessKeyId, { ...key, expiresAt: this.#clock.now() })
  }

  #existingRole(roleName: string): Role {
    const role = this.#roles.get(roleName)
    if (!role) throw new NoSuchEntityError(`The role with name ${roleName} cannot be found.`)
    return role
  }

  #userPrincipal(user: User): Principal {
    return {
      type: 'User',
      accountId: this.accountId,
      arn: user.arn,
      userId: user.userId,
      issuerArn: user.arn,
      get tags() {
        return user.tags
      },
      clock: this.#clock,
      policies: () => ({ identity: inlineOf(`user ${user.userName}`, user.inlinePolicies) }),
    }
  }

  #sessionPrincipal(settings: SessionSettings, now: number): Principal {
    const { role, sessionName, sessionPolicy, sessionPolicyArns = [], sourceIdentity, transitiveTagKeys } = settings
    const session: NamedPolicy[] = sessionPolicyArns.map((arn) => this.#attached('session policy', arn))
    if (sessionPolicy !== undefined) {
      session.unshift({ name: 'session policy', document: parsePolicyDocument(sessionPolicy, 'session') })
    }
    return {
      type: 'AssumedRole',
      accountId: this.accountId,
      arn: `arn:aws:sts::${this.accountId}:assumed-role/${role.roleName}/${sessionName}`,
      userId: `${role.roleId}:${sessionName}`,
      issuerArn: role.arn,
      // A session tag replaces the role's tag of the same name.
      tags: { ...role.tags, ...settings.tags },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...(transitiveTagKeys === undefined ? {} : { transitiveTagKeys }),
      issuedAt: now,
      clock: this.#clock,
      policies: () => {
        if (this.#roles.get(role.roleName) !== role) return { identity: [] }
        const name = `role ${role.roleName}`
        return {
          identity: [
            ...inlineOf(name, role.inlinePolicies),
            ...role.managedPolicyArns.map((arn) => this.#attached(name, arn)),
          ],
          ...(session.length === 0 ? {} : { session }),
          ...(role.permissionsBoundary === undefined
            ? {}
            : { boundary: [this.#attached('permissions boundary', role.permissionsBoundary)] }),
        }
      },
    }
  }

  #attached(owner: string, arn: string): NamedPolicy {
    return { name: `${owner}: managed policy ${arn.slice(arn.lastIndexOf('/') + 1)}`, document: this.policy(arn) }
  }

  /** Expired keys are known for another hour, so that their use is answered with "expired" and not with "unknown". */
  #forgetExpired(now: number): void {
    for (const [id, { expiresAt = 0 }] of this.#sessionKeys) {
      if (expiresAt > now - hour) return
      this.#sessionKeys.delete(id)
    }
  }
}

function readInlinePolicies(policies: Readonly<Record<string, unknown>> = {}): Map<string, PolicyDocument> {
  return new Map(Object.entries(policies).map(([name, document]) => [name, parsePolicyDocument(document, 'identity')]))
}

function inlineOf(owner: string, policies: ReadonlyMap<string, PolicyDocument>): NamedPolicy[] {
  return [...policies].map(([name, document]) => ({ name: `${owner}: inline policy ${name}`, document }))
}
