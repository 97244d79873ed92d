import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import { VendError, type VendErrorDetails } from '../errors.js'

/** One user's session, as STS is asked for it. */
export interface StsSessionRequest {
  readonly roleArn: string
  /** StsSession name and source identity: every log of AWS names the user by it. */
  readonly sessionName: string
  /** The session policy. There is no way to ask without one: that session would have the whole role. */
  readonly policy: string
  readonly durationSeconds: number
  /** A session that was issued before this moment (milliseconds since the epoch) is no answer. */
  readonly notBefore?: number | undefined
}

/** What STS gave. */
export interface StsSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
  /** Percent of the space that STS has for policy and tags. */
  readonly packedPolicySize: number
}

/** Asks STS, once. @throws VendError with a code for each way that STS can fail. */
export type AssumeRole = (request: StsSessionRequest, abortSignal?: AbortSignal) => Promise<StsSession>

/** {@link AssumeRole} on the real STS. */
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
      throw new VendError('sts_unavailable', 'STS answered without credentials.', tryAgainIn(1))
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

/** STS's failure in the caller's terms. STS's own words go to the log, as the cause. */
function stsFailure(cause: unknown): VendError {
  const name = cause instanceof Error ? cause.name : ''
  if (throttled.test(name)) {
    return new VendError('throttled', 'STS takes no more requests from this account for now.', {
      ...tryAgainIn(5),
      cause,
    })
  }
  if (name.startsWith('PackedPolicyTooLarge')) {
    const remedy = 'Ask for fewer or shorter topic filters.'
    return new VendError('policy_too_large', 'STS cannot pack these grants into one session.', { remedy, cause })
  }
  // The function's role denies sessions of the users who are revoked, and nothing else.
  if (name === 'AccessDenied' && String(cause).includes('explicit deny in an identity-based policy')) {
    return new VendError('revoked', 'The access of this user is revoked.', { remedy: 'Ask the operator.', cause })
  }
  if (refused.test(name)) {
    const remedy = 'Tell the operator the request ID: the vendor is not set up correctly.'
    return new VendError('sts_refused', `STS refused the vendor (${name}).`, { remedy, cause })
  }
  return new VendError('sts_unavailable', 'STS did not answer.', { ...tryAgainIn(1), cause })
}

function tryAgainIn(retryAfterSeconds: number): VendErrorDetails {
  return { retryAfterSeconds, remedy: `Try again in ${retryAfterSeconds} s, later each time.` }
}
