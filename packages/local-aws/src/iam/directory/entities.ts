import type { JWTVerifyGetKey } from 'jose'
import type { PolicyDocument } from '../policy/document.js'
import type { CognitoIdentity } from '../principal.js'

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

/** A role as it is now. What is not read-only may be changed, and counts from the next request on. */
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

export interface RoleSessionSettings {
  readonly role: Role
  readonly sessionName: string
  /** The inline session policy, JSON text or object. Absent and no ARNs: the session may do all that the role may. */
  readonly sessionPolicy?: unknown
  readonly sessionPolicyArns?: readonly string[]
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly transitiveTagKeys?: readonly string[]
  readonly durationSeconds: number
  /** For whom an identity pool gives the session out. */
  readonly cognitoIdentity?: CognitoIdentity
  /** The function that Lambda gives the session to. */
  readonly sourceFunctionArn?: string
}

/** Where an issuer's public keys come from: its discovery document, or a test. */
export interface OpenIdKeys {
  /** Rejects when the issuer cannot be reached. */
  forKeyId(keyId: string): Promise<JWTVerifyGetKey>
}

/** An issuer of ID tokens that the account trusts. */
export interface OpenIdConnectProvider {
  readonly arn: string
  /** The issuer, as tokens name it: `https://login.example/pool`. */
  readonly url: string
  /** Audiences that tokens may be for. */
  readonly clientIds: readonly string[]
  readonly keys: OpenIdKeys
}
