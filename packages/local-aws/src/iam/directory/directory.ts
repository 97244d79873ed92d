import type { Clock } from '../../clock.js'
import { EntityAlreadyExistsError, NoSuchEntityError, ValidationError } from '../errors.js'
import type { PolicyDocument } from '../policy/document.js'
import type { TypeWildcards } from '../policy/type-wildcards.js'
import type { AccessKey } from '../principal.js'
import { AccessKeys } from './access-keys.js'
import { Documents } from './documents.js'
import type { OpenIdConnectProvider, Role, RoleSessionSettings, RoleSettings, User } from './entities.js'
import { uniqueId } from './identifiers.js'
import { managedPolicies } from './managed-policies.js'
import { type PolicySource, sessionPrincipal, userPrincipal } from './principals.js'
import { Propagation } from './propagation.js'
import { checkAttachments, checkDuration, checkManagedPolicy, checkName, checkTrustPolicy } from './quotas.js'
import { restoreRole, type SavedDirectory, savePolicies, saveRole } from './saved.js'

export interface DirectoryOptions {
  readonly accountId: string
  readonly clock: Clock
  /** @default 'match' */
  readonly typeWildcards?: TypeWildcards | undefined
}

/** The roles, users, policies and access keys of the account, within IAM's own limits. */
export class Directory {
  readonly accountId: string
  /** The propagation delays of changes. */
  readonly propagation: Propagation
  readonly #keys: AccessKeys
  readonly #roles = new Map<string, Role>()
  readonly #users = new Map<string, User>()
  readonly #policies = new Map<string, PolicyDocument>()
  readonly #openIdProviders = new Map<string, OpenIdConnectProvider>()
  readonly #documents = new Documents()
  readonly #source: PolicySource

  constructor({ accountId, clock, typeWildcards = 'match' }: DirectoryOptions) {
    this.accountId = accountId
    this.propagation = new Propagation(clock)
    this.#keys = new AccessKeys(clock)
    this.#source = {
      accountId,
      clock,
      typeWildcards,
      policy: (arn, view) => this.propagation.document(arn, this.policy(arn), view),
      seen: (role, view) => this.propagation.role(role, view),
      hasRole: (role) => this.#roles.get(role.roleName) === role,
    }
  }

  /** Creates a customer-managed policy and returns its ARN. AWS's own policies that the stack can use always exist. */
  createPolicy(policyName: string, document: unknown): string {
    const arn = `arn:aws:iam::${this.accountId}:policy/${policyName}`
    if (this.#policies.has(arn)) throw new EntityAlreadyExistsError(`A policy called ${policyName} already exists.`)
    const policy = this.#documents.read(document, 'identity')
    checkManagedPolicy(document)
    this.#policies.set(arn, policy)
    return arn
  }

  updatePolicy(arn: string, document: unknown): void {
    const before = this.#policies.get(arn)
    if (!before) throw new NoSuchEntityError(`Policy ${arn} does not exist or is not attachable.`)
    const policy = this.#documents.read(document, 'identity')
    checkManagedPolicy(document)
    this.propagation.rememberDocument(arn, before)
    this.#policies.set(arn, policy)
  }

  deletePolicy(arn: string): void {
    this.#policies.delete(arn)
  }

  /** Whether a role has this managed policy, as a policy or as its boundary. */
  isAttached(arn: string): boolean {
    return [...this.#roles.values()].some(
      ({ managedPolicyArns, permissionsBoundary }) => managedPolicyArns.includes(arn) || permissionsBoundary === arn,
    )
  }

  /** @throws NoSuchEntityError */
  policy(arn: string): PolicyDocument {
    const document = this.#policies.get(arn) ?? managedPolicies.get(arn)
    if (!document) throw new NoSuchEntityError(`Policy ${arn} does not exist or is not attachable.`)
    return document
  }

  /** A stored document in its original form, which IAM returns. */
  policyText(document: PolicyDocument): string {
    return this.#documents.text(document)
  }

  /**
   * @throws MalformedPolicyDocumentError, ValidationError, LimitExceededError, EntityAlreadyExistsError, or
   *   NoSuchEntityError for a managed policy
   */
  createRole(settings: RoleSettings): Role {
    const { roleName, path = '/', managedPolicyArns = [], permissionsBoundary, maxSessionDuration = 3_600 } = settings
    checkName('roleName', roleName)
    checkDuration(maxSessionDuration)
    if (this.#roles.has(roleName)) throw new EntityAlreadyExistsError(`Role with name ${roleName} already exists.`)
    this.#checkManaged(managedPolicyArns, permissionsBoundary)
    const trustPolicy = this.#documents.read(settings.trustPolicy, 'trust')
    checkTrustPolicy(settings.trustPolicy)
    const role: Role = {
      roleName,
      arn: `arn:aws:iam::${this.accountId}:role${path}${roleName}`,
      roleId: uniqueId('AROA'),
      trustPolicy,
      inlinePolicies: this.#documents.readInline('role', roleName, settings.inlinePolicies),
      managedPolicyArns,
      permissionsBoundary,
      maxSessionDuration,
      tags: settings.tags ?? {},
    }
    this.#roles.set(roleName, role)
    return role
  }

  /** By name or ARN; undefined if there is none. */
  role(nameOrArn: string): Role | undefined {
    const role = this.#roles.get(nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1))
    return role && (nameOrArn === role.roleName || nameOrArn === role.arn) ? role : undefined
  }

  /** Takes effect for existing sessions too; omitted settings are removed. */
  updateRole(
    roleName: string,
    settings: Pick<Role, 'maxSessionDuration' | 'managedPolicyArns' | 'permissionsBoundary' | 'tags'>,
  ): void {
    const role = this.#existingRole(roleName)
    checkDuration(settings.maxSessionDuration)
    this.#checkManaged(settings.managedPolicyArns, settings.permissionsBoundary)
    this.propagation.rememberRole(role)
    Object.assign(role, settings)
  }

  /** Its sessions remain, without any permission, as on AWS. */
  deleteRole(roleName: string): void {
    this.#existingRole(roleName)
    this.#roles.delete(roleName)
  }

  /** Adds or replaces an inline policy; takes effect for existing sessions too. */
  putRolePolicy(roleName: string, policyName: string, document: unknown): void {
    const role = this.#existingRole(roleName)
    const policy = this.#documents.read(document, 'identity')
    this.#documents.checkInline('role', roleName, new Map(role.inlinePolicies).set(policyName, policy))
    this.propagation.rememberRole(role)
    role.inlinePolicies.set(policyName, policy)
  }

  deleteRolePolicy(roleName: string, policyName: string): void {
    const role = this.#existingRole(roleName)
    if (!role.inlinePolicies.has(policyName)) {
      throw new NoSuchEntityError(`The role policy with name ${policyName} cannot be found.`)
    }
    this.propagation.rememberRole(role)
    role.inlinePolicies.delete(policyName)
  }

  updateAssumeRolePolicy(roleName: string, document: unknown): void {
    const role = this.#existingRole(roleName)
    const trustPolicy = this.#documents.read(document, 'trust')
    checkTrustPolicy(document)
    this.propagation.rememberRole(role)
    role.trustPolicy = trustPolicy
  }

  createUser(
    userName: string,
    inlinePolicies: Readonly<Record<string, unknown>> = {},
    tags: Readonly<Record<string, string>> = {},
  ): { readonly user: User; readonly accessKey: AccessKey } {
    checkName('userName', userName)
    if (this.#users.has(userName)) throw new EntityAlreadyExistsError(`User with name ${userName} already exists.`)
    const user: User = {
      userName,
      arn: `arn:aws:iam::${this.accountId}:user/${userName}`,
      userId: uniqueId('AIDA'),
      inlinePolicies: this.#documents.readInline('user', userName, inlinePolicies),
      tags,
    }
    this.#users.set(userName, user)
    return { user, accessKey: this.#keys.issueLongTerm(userPrincipal(user, this.#source)) }
  }

  /** Adds an issuer of ID tokens; roles trust it by its ARN as `Federated`. */
  createOpenIdConnectProvider({ url, clientIds, keys }: Omit<OpenIdConnectProvider, 'arn'>): OpenIdConnectProvider {
    if (!/^https:\/\/[^\s?#]+$/u.test(url)) throw new ValidationError(`Invalid Open ID Connect Provider URL: ${url}`)
    if (this.#openIdProviders.has(url)) throw new EntityAlreadyExistsError(`Provider with url ${url} already exists.`)
    const arn = `arn:aws:iam::${this.accountId}:oidc-provider/${url.slice('https://'.length)}`
    const provider = { arn, url, clientIds, keys }
    this.#openIdProviders.set(url, provider)
    return provider
  }

  /** By the issuer in a token. */
  openIdConnectProvider(issuer: string): OpenIdConnectProvider | undefined {
    return this.#openIdProviders.get(issuer)
  }

  /** Issues temporary credentials. STS has already decided whether the caller may have them. */
  addSession(settings: RoleSessionSettings): AccessKey {
    return this.#keys.issueTemporary(sessionPrincipal(settings, this.#source), settings.durationSeconds)
  }

  /**
   * Temporary keys of a user, with all that the user may: what GetSessionToken gives.
   *
   * @throws NoSuchEntityError
   * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
   */
  addUserSession(userName: string, durationSeconds: number): AccessKey {
    const key = this.userKey(userName)
    if (!key) throw new NoSuchEntityError(`The user with name ${userName} cannot be found.`)
    return this.#keys.issueTemporary(key.principal, durationSeconds)
  }

  /** The state that survives a restart. */
  save(): SavedDirectory {
    const documents = this.#documents
    const users = [...this.#users.values()].flatMap((user) => {
      const key = this.#keys.ofUser(user.arn)
      if (key === undefined) return []
      const { accessKeyId, secretAccessKey } = key
      return [{ ...user, ...savePolicies(user, documents), accessKeyId, secretAccessKey }]
    })
    return {
      policies: Object.fromEntries([...this.#policies].map(([arn, document]) => [arn, documents.text(document)])),
      roles: [...this.#roles.values()].map((role) => saveRole(role, documents)),
      users,
    }
  }

  /** Restores the state of an empty directory. */
  restore({ policies, roles, users }: SavedDirectory): void {
    for (const [arn, text] of Object.entries(policies)) this.#policies.set(arn, this.#documents.read(text, 'identity'))
    for (const saved of roles) this.#roles.set(saved.roleName, restoreRole(saved, this.#documents))
    for (const { accessKeyId, secretAccessKey, ...saved } of users) {
      const user: User = {
        ...saved,
        inlinePolicies: this.#documents.readInline('user', saved.userName, saved.inlinePolicies),
      }
      this.#users.set(user.userName, user)
      this.#keys.restore({ accessKeyId, secretAccessKey, principal: userPrincipal(user, this.#source) })
    }
  }

  /** The key of a user, by name. */
  userKey(userName: string): AccessKey | undefined {
    const user = this.#users.get(userName)
    return user && this.#keys.ofUser(user.arn)
  }

  accessKey(accessKeyId: string): AccessKey | undefined {
    return this.#keys.find(accessKeyId)
  }

  /** Fault: expires these temporary credentials. @throws NoSuchEntityError */
  expire(accessKeyId: string): void {
    this.#keys.expire(accessKeyId)
  }

  #checkManaged(arns: readonly string[], boundary: string | undefined): void {
    checkAttachments(arns)
    for (const arn of [...arns, ...(boundary ? [boundary] : [])]) this.policy(arn)
  }

  #existingRole(roleName: string): Role {
    const role = this.#roles.get(roleName)
    if (!role) throw new NoSuchEntityError(`The role with name ${roleName} cannot be found.`)
    return role
  }
}
