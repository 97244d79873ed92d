import type { Clock } from '../clock.js'
import type { PolicySet } from './decision/evaluate.js'
import type { TypeWildcards } from './policy/type-wildcards.js'
import type { RoleView } from './view.js'

/** The identity of a Cognito identity pool that credentials are for, as an HTTP API passes it on. */
export interface CognitoIdentity {
  /** `authenticated` and the logins, or `unauthenticated`. */
  readonly amr: readonly string[]
  /** `<Region>:<UUID>` */
  readonly identityId: string
  readonly identityPoolId: string
}

/** Who signed a request: an IAM user or a session of a role. */
export interface Principal {
  readonly type: 'AssumedRole' | 'User'
  readonly accountId: string
  /** `arn:aws:iam::123456789012:user/developer` or `arn:aws:sts::123456789012:assumed-role/role/session`. */
  readonly arn: string
  /** `aws:userid`: `AIDA…` for a user, `AROA…:<RoleSessionName>` for a session. */
  readonly userId: string
  /** The ARN that policies name as the principal: the user's own, or for a session its role's. */
  readonly issuerArn: string
  readonly tags: Readonly<Record<string, string>>
  readonly sourceIdentity?: string
  /** Only credentials that an identity pool gave out have one. */
  readonly cognitoIdentity?: CognitoIdentity
  /** Keys of the tags that pass on to sessions of roles which this session assumes. */
  readonly transitiveTagKeys?: readonly string[]
  /** `aws:TokenIssueTime` in milliseconds since the epoch; only sessions have one. */
  readonly issuedAt?: number
  /**
   * `lambda:SourceFunctionArn`: the function whose code has these credentials. Lambda puts it into each call that the code makes.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
   */
  readonly sourceFunctionArn?: string
  /** How the patterns of its policies are read. @default 'match' */
  readonly typeWildcards?: TypeWildcards
  /** What `aws:CurrentTime` is read from; the machine's clock if absent. */
  readonly clock?: Clock
  /**
   * The policies that bound this principal now, to be read at every decision: a role's policy that changes under a live
   * session takes effect at its next request, or as late as the view has it. The same object as long as nothing of it changed.
   *
   * @param view default: how all services but AWS IoT see it
   */
  policies(view?: RoleView): PolicySet
}

/** A key pair that can sign requests, and whom it speaks for. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Present for temporary credentials, and then required beside the signature. */
  readonly sessionToken?: string
  /** Milliseconds since the epoch; only temporary credentials have one. */
  readonly expiresAt?: number
  readonly principal: Principal
}
