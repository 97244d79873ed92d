import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import { VendError, type VendErrorDetails } from '../errors.js'

/** The request for one user's session. */
export interface StsSessionRequest {
  readonly roleArn: string
  /** Role session name and source identity. AWS's logs identify the user by it. */
  readonly sessionName: string
  /** The session policy. It is required: without one, the session would have all permissions of the role. */
  readonly policy: string
  readonly durationSeconds: number
  /** A session issued before this time (milliseconds since the epoch) must not be reused. */
  readonly notBefore?: number | undefined
}

/** The response of STS. */
export interface StsSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
  /** Percentage of STS's packed size limit for policy and tags. */
  readonly packedPolicySize: number
}

/** Calls STS once. @throws VendError with a code for each way in which STS can fail. */
export type AssumeRole = (request: StsSessionRequest, abortSignal?: AbortSignal) => Promise<StsSession>

/** {@link AssumeRole} with the real STS. */
export function assumeRoleWith(sts: Pick<STSClient, 'send'>): AssumeRole {
  return async ({ roleArn, sessionName, policy, durationSeconds }, abortSignal) => {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      SourceIdentity: sessionName,
      Policy: policy,
      DurationSeconds: durationSeconds,
    })
    const { Credentials, PackedPolicySize } = await sts
      .send(command, abortSignal === undefined ? {} : { abortSignal })
      .catch((error: unknown) => {
        throw stsFailure(error)
      })
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new VendError('sts_unavailable', 'The response of STS contains no credentials.', tryAgainIn(1))
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
      packedPolicySize: PackedPolicySize ?? 0,
    }
  }
}

const throttled =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequests(Exception)?|RequestLimitExceeded|SlowDown)$/u
const refused =
  /^(AccessDenied|MalformedPolicyDocument|RegionDisabled|ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|Validation|InvalidIdentityToken|MissingAuthenticationToken|UnrecognizedClient|OptInRequired|NotAuthorized)/u

/** Maps a failure of STS to a problem. STS's own message is the cause, which goes to the log. */
function stsFailure(cause: unknown): VendError {
  const name = cause instanceof Error ? cause.name : ''
  if (throttled.test(name)) {
    return new VendError('throttled', 'STS is throttling requests from this account.', {
      ...tryAgainIn(5),
      cause,
    })
  }
  if (name.startsWith('PackedPolicyTooLarge')) {
    const remedy = 'Request fewer or shorter topic filters.'
    return new VendError('policy_too_large', 'STS cannot pack these grants into one session.', { remedy, cause })
  }
  // The only Deny on sessions in the function's role is the one for revoked users.
  if (name === 'AccessDenied' && String(cause).includes('explicit deny in an identity-based policy')) {
    return new VendError('revoked', 'The access of this user is revoked.', { remedy: 'Contact the operator.', cause })
  }
  if (refused.test(name)) {
    const remedy = 'Give the request ID to the operator: the vendor is not configured correctly.'
    return new VendError('sts_refused', `STS refused the vendor's request (${name}).`, { remedy, cause })
  }
  return new VendError('sts_unavailable', 'STS did not respond.', { ...tryAgainIn(1), cause })
}

function tryAgainIn(retryAfterSeconds: number): VendErrorDetails {
  return { retryAfterSeconds, remedy: `Retry after ${retryAfterSeconds} s, with increasing delays.` }
}
