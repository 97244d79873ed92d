import type { Clock } from '../clock.js'
import type { PolicySet } from './decision/evaluate.js'
import type { TypeWildcards } from './policy/type-wildcards.js'
import type { RoleView } from './view.js'

/** The identity of a Cognito identity pool behind the credentials, in the form that an HTTP API passes on. */
export interface CognitoIdentity {
  /** `authenticated` and the logins, or `unauthenticated`. */
  readonly amr: readonly string[]
  /** `<Region>:<UUID>` */
  readonly identityId: string
  readonly identityPoolId: string
}

/** The signer of a request: an IAM user or a role session. */
export interface Principal {
  readonly type: 'AssumedRole' | 'User'
  readonly accountId: string
  /** `arn:aws:iam::123456789012:user/developer` or `arn:aws:sts::123456789012:assumed-role/role/session`. */
  readonly arn: string
  /** `aws:userid`: `AIDA…` for a user, `AROA…:<RoleSessionName>` for a session. */
  readonly userId: string
  /** The ARN that policies use for the principal: the user's own; for a session, its role's. */
  readonly issuerArn: string
  readonly tags: Readonly<Record<string, string>>
  readonly sourceIdentity?: string | undefined
  /** Only set for credentials issued by an identity pool. */
  readonly cognitoIdentity?: CognitoIdentity | undefined
  /** Keys of the transitive tags, which are passed on to sessions of roles that this session assumes. */
  readonly transitiveTagKeys?: readonly string[] | undefined
  /** `aws:TokenIssueTime` in milliseconds since the epoch; only for sessions. */
  readonly issuedAt?: number
  /**
   * `lambda:SourceFunctionArn`: the function whose code has these credentials. Lambda adds it to each request of the code.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
   */
  readonly sourceFunctionArn?: string | undefined
  /** How the patterns of its policies are read. @default 'match' */
  readonly typeWildcards?: TypeWildcards
  /** The clock for `aws:CurrentTime`; the machine's clock if absent. */
  readonly clock?: Clock
  /**
   * The current policies of this principal, to be read for every decision: a change of a role's policy takes effect with the next request of
   * an existing session, or with the delay of the view. Returns the same object while nothing has changed.
   *
   * @param view default: the view of all services except AWS IoT
   */
  policies(view?: RoleView): PolicySet
}

/** A key pair for signing, and its principal. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Set for temporary credentials, and then required in addition to the signature. */
  readonly sessionToken?: string
  /** Milliseconds since the epoch; only for temporary credentials. */
  readonly expiresAt?: number
  readonly principal: Principal
}
