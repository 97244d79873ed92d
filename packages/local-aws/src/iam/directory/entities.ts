import type { JWTVerifyGetKey } from 'jose'
import type { PolicyDocument } from '../policy/document.js'
import type { CognitoIdentity } from '../principal.js'

export interface RoleSettings {
  readonly roleName: string
  /** `/` (the default) or `/team/`: part of the ARN. */
  readonly path?: string | undefined
  /** An object or JSON text, like every document in this module. */
  readonly trustPolicy: unknown
  readonly managedPolicyArns?: readonly string[]
  readonly inlinePolicies?: Readonly<Record<string, unknown>>
  /** Seconds, 3600 to 43200; default 3600. */
  readonly maxSessionDuration?: number | undefined
  /** ARN of a managed policy. */
  readonly permissionsBoundary?: string | undefined
  readonly tags?: Readonly<Record<string, string>>
}

/** A role in its current state. Members that are not read-only may change, with effect from the next request. */
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
  /** The inline session policy, as JSON text or object. Without it and without ARNs, the session has all permissions of the role. */
  readonly sessionPolicy?: unknown
  readonly sessionPolicyArns?: readonly string[]
  readonly sourceIdentity?: string | undefined
  readonly tags?: Readonly<Record<string, string>>
  readonly transitiveTagKeys?: readonly string[] | undefined
  readonly durationSeconds: number
  /** The identity for which an identity pool issues the session. */
  readonly cognitoIdentity?: CognitoIdentity | undefined
  /** The function for which Lambda issues the session. */
  readonly sourceFunctionArn?: string | undefined
}

/** The source of an issuer's public keys: its discovery document, or a test. */
export interface OpenIdKeys {
  /** Rejects if the issuer is not reachable. */
  forKeyId(keyId: string): Promise<JWTVerifyGetKey>
}

/** An issuer of ID tokens that the account trusts. */
export interface OpenIdConnectProvider {
  readonly arn: string
  /** The `iss` claim of the tokens: `https://login.example/pool`. */
  readonly url: string
  /** Accepted audiences of tokens. */
  readonly clientIds: readonly string[]
  readonly keys: OpenIdKeys
}
