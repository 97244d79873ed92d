import type { Clock } from '../../clock.js'
import { EntityAlreadyExistsError, NoSuchEntityError, ValidationError } from '../errors.js'
import type { PolicyDocument, PolicyKind } from '../policy/document.js'
import { parsePolicyDocument } from '../policy/parse.js'
import type { AccessKey } from '../principal.js'
import { AccessKeys } from './access-keys.js'
import type { OpenIdConnectProvider, Role, RoleSessionSettings, RoleSettings, User } from './entities.js'
import { uniqueId } from './identifiers.js'
import { managedPolicies } from './managed-policies.js'
import { type PolicySource, sessionPrincipal, userPrincipal } from './principals.js'
import { checkAttachments, checkInlinePolicies, checkManagedPolicy, checkTrustPolicy, policySize } from './quotas.js'

/** The account: which roles, users, policies and access keys there are, within IAM's own limits. */
export class Directory {
  readonly accountId: string
  readonly #keys: AccessKeys
  readonly #roles = new Map<string, Role>()
  readonly #users = new Map<string, User>()
  readonly #policies = new Map<string, PolicyDocument>()
  readonly #openIdProviders = new Map<string, OpenIdConnectProvider>()
  readonly #texts = new WeakMap<PolicyDocument, string>()
  readonly #source: PolicySource

  constructor({ accountId, clock }: { readonly accountId: string; readonly clock: Clock }) {
    this.accountId = accountId
    this.#keys = new AccessKeys(clock)
    this.#source = {
      accountId,
      clock,
      policy: (arn) => this.policy(arn),
      hasRole: (role) => this.#roles.get(role.roleName) === role,
    }
  }

  /** A customer-managed policy; answers its ARN. AWS's own ones that the stack can use are there already. */
  createPolicy(policyName: string, document: unknown): string {
    const arn = `arn:aws:iam::${this.accountId}:policy/${policyName}`
    if (this.#policies.has(arn)) throw new EntityAlreadyExistsError(`A policy called ${policyName} already exists.`)
    const policy = this.#read(document, 'identity')
    checkManagedPolicy(document)
    this.#policies.set(arn, policy)
    return arn
  }

  /** @throws NoSuchEntityError */
  policy(arn: string): PolicyDocument {
    const document = this.#policies.get(arn) ?? managedPolicies.get(arn)
    if (!document) throw new NoSuchEntityError(`Policy ${arn} does not exist or is not attachable.`)
    return document
  }

  /** A stored document as it was given, which is how IAM gives it back. */
  policyText(document: PolicyDocument): string {
    return this.#texts.get(document) ?? JSON.stringify(document)
  }

  /**
   * @throws MalformedPolicyDocumentError, ValidationError, LimitExceededError, EntityAlreadyExistsError, or
   *   NoSuchEntityError for a managed policy
   */
  createRole(settings: RoleSettings): Role {
    const { roleName, path = '/', managedPolicyArns = [], permissionsBoundary, maxSessionDuration = 3_600 } = settings
    checkName('roleName', roleName)
    if (maxSessionDuration < 3_600 || maxSessionDuration > 43_200) {
      throw new ValidationError(`MaxSessionDuration must be between 3600 and 43200 seconds, got ${maxSessionDuration}.`)
    }
    if (this.#roles.has(roleName)) throw new EntityAlreadyExistsError(`Role with name ${roleName} already exists.`)
    checkAttachments(managedPolicyArns)
    for (const arn of [...managedPolicyArns, ...(permissionsBoundary ? [permissionsBoundary] : [])]) this.policy(arn)
    const trustPolicy = this.#read(settings.trustPolicy, 'trust')
    checkTrustPolicy(settings.trustPolicy)
    const role: Role = {
      roleName,
      arn: `arn:aws:iam::${this.accountId}:role${path}${roleName}`,
      roleId: uniqueId('AROA'),
      trustPolicy,
      inlinePolicies: this.#readInline('role', roleName, settings.inlinePolicies),
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
    const { inlinePolicies } = this.#existingRole(roleName)
    const policy = this.#read(document, 'identity')
    this.#checkInline('role', roleName, new Map(inlinePolicies).set(policyName, policy))
    inlinePolicies.set(policyName, policy)
  }

  deleteRolePolicy(roleName: string, policyName: string): void {
    if (this.#existingRole(roleName).inlinePolicies.delete(policyName)) return
    throw new NoSuchEntityError(`The role policy with name ${policyName} cannot be found.`)
  }

  updateAssumeRolePolicy(roleName: string, document: unknown): void {
    const role = this.#existingRole(roleName)
    const trustPolicy = this.#read(document, 'trust')
    checkTrustPolicy(document)
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
      inlinePolicies: this.#readInline('user', userName, inlinePolicies),
      tags,
    }
    this.#users.set(userName, user)
    return { user, accessKey: this.#keys.issueLongTerm(userPrincipal(user, this.#source)) }
  }

  /** Trusts an issuer of ID tokens; roles name its ARN as `Federated`. */
  createOpenIdConnectProvider({ url, clientIds, keys }: Omit<OpenIdConnectProvider, 'arn'>): OpenIdConnectProvider {
    if (!/^https:\/\/[^\s?#]+$/u.test(url)) throw new ValidationError(`Invalid Open ID Connect Provider URL: ${url}`)
    if (this.#openIdProviders.has(url)) throw new EntityAlreadyExistsError(`Provider with url ${url} already exists.`)
    const arn = `arn:aws:iam::${this.accountId}:oidc-provider/${url.slice('https://'.length)}`
    const provider = { arn, url, clientIds, keys }
    this.#openIdProviders.set(url, provider)
    return provider
  }

  /** By the issuer that a token names. */
  openIdConnectProvider(issuer: string): OpenIdConnectProvider | undefined {
    return this.#openIdProviders.get(issuer)
  }

  /** Issues temporary credentials. Whether the caller may have them is for STS to decide. */
  addSession(settings: RoleSessionSettings): AccessKey {
    return this.#keys.issueTemporary(sessionPrincipal(settings, this.#source), settings.durationSeconds)
  }

  accessKey(accessKeyId: string): AccessKey | undefined {
    return this.#keys.find(accessKeyId)
  }

  /** Fault: these temporary credentials expire now. @throws NoSuchEntityError */
  expire(accessKeyId: string): void {
    this.#keys.expire(accessKeyId)
  }

  #existingRole(roleName: string): Role {
    const role = this.#roles.get(roleName)
    if (!role) throw new NoSuchEntityError(`The role with name ${roleName} cannot be found.`)
    return role
  }

  #read(source: unknown, kind: PolicyKind): PolicyDocument {
    const document = parsePolicyDocument(source, kind)
    if (!this.#texts.has(document)) {
      this.#texts.set(document, typeof source === 'string' ? source : JSON.stringify(source))
    }
    return document
  }

  #readInline(owner: 'role' | 'user', name: string, sources: Readonly<Record<string, unknown>> = {}) {
    const policies = new Map(Object.entries(sources).map(([key, source]) => [key, this.#read(source, 'identity')]))
    this.#checkInline(owner, name, policies)
    return policies
  }

  #checkInline(owner: 'role' | 'user', name: string, policies: ReadonlyMap<string, PolicyDocument>): void {
    const sizes = [...policies.values()].map((document) => policySize(this.policyText(document)))
    checkInlinePolicies(
      owner,
      name,
      sizes.reduce((sum, size) => sum + size, 0),
    )
  }
}

function checkName(field: 'roleName' | 'userName', name: string): void {
  if (/^[\w+=,.@-]{1,64}$/u.test(name) && !name.includes('\n')) return
  throw new ValidationError(
    `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{1,64}`,
  )
}
