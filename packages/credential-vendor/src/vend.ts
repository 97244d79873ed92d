import {
  askedGrants,
  clientIdPrefix,
  covers,
  durationLimits,
  type Entitled,
  type Entitlements,
  encodeUserId,
  entitledTo,
  explain,
  GrantError,
  type GrantReference,
  type Grants,
  packedTooLarge,
  type SessionPolicy,
  type SessionPolicyOptions,
  sessionPolicy,
  type VendRequest,
  type VendResponse,
} from '@topic-credentials/grants'
import type { AccessQuestion, AccessSource } from './access/source.js'
import { requireWithin } from './access/within-reach.js'
import { VendError } from './errors.js'
import type { AssumeRole } from './sts/assume-role.js'

/** The configuration and services that vending needs. */
export interface Vendor {
  readonly roleArn: string
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  readonly endpoint: string
  readonly region: string
  /** Account of the role. */
  readonly accountId: string
  /** Whether session policies can use the dense form. */
  readonly dense: boolean
  /** Returned to the client as {@link VendResponse.spreadSeconds}. */
  readonly spreadSeconds?: number | undefined
  /** The rules that are shipped with the function. */
  readonly entitlements: Entitlements
  /** Source of further rules. Absent: none. */
  readonly access?: AccessSource | undefined
  /** What the topic role covers, if rules can come from outside the file. Absent: no limit. */
  readonly reach?: Grants | undefined
  readonly assumeRole: AssumeRole
}

/**
 * Vends credentials for the grants that the caller requests, or for all of its grants if it requests none. Rules with a value that cannot
 * be part of a topic are skipped, and named in the response.
 *
 * @throws VendError `not_entitled` if a requested grant is not covered by the entitlements; `inexpressible_grants` and
 * `policy_too_large` if all grants of the caller together do not fit one policy, which only the operator can change; and as {@link AssumeRole}.
 * @throws GrantError if the requested grants have no exact session policy. STS is not called then.
 */
export async function vend(
  user: AccessQuestion,
  request: VendRequest,
  vendor: Vendor,
  abortSignal?: AbortSignal,
): Promise<VendResponse> {
  const { userId } = user
  const access = await vendor.access?.(user, abortSignal)
  const { entitlements } = vendor
  const rules = access === undefined ? entitlements.rules : [...entitlements.rules, ...access.rules]
  const entitled = entitledTo({ ...entitlements, rules }, user)
  const asked = grantsAskedFor(request, entitled, userId)
  const grants = asked ?? entitled.grants
  if (access !== undefined && vendor.reach !== undefined) requireWithin(vendor.reach, grants)
  const { partition, region, accountId, dense } = vendor
  const options = { userId, partition, region, accountId, dense }
  // If all grants are vended, only the operator can resolve a conflict between them.
  const explained = (error: unknown) => (asked === undefined ? forOperator(error, entitled) : error)
  const policy = policyFor(grants, options, explained)
  const session = await vendor
    .assumeRole(
      {
        roleArn: vendor.roleArn,
        sessionName: encodeUserId(userId),
        policy: policy.document,
        notBefore: access?.signedOutAt,
        durationSeconds: Math.min(
          request.durationSeconds ?? durationLimits.maximum,
          access?.longestSeconds ?? durationLimits.maximum,
        ),
      },
      abortSignal,
    )
    .catch((error: unknown) => {
      throw isPackedTooLarge(error) ? explained(packedTooLarge(grants, options, percentIn(error.cause))) : error
    })
  const { packedPolicySize, expiration, ...keys } = session
  return {
    credentials: { ...keys, expiration: expiration.toISOString() },
    endpoint: vendor.endpoint,
    region: vendor.region,
    userId,
    clientIdPrefix: clientIdPrefix(userId),
    grants,
    ...(entitled.dropped.length === 0 ? {} : { dropped: entitled.dropped }),
    policyCharacters: policy.characters,
    policyForm: policy.form,
    packedPolicySize,
    ...(vendor.spreadSeconds === undefined ? {} : { spreadSeconds: vendor.spreadSeconds }),
  }
}

function isPackedTooLarge(error: unknown): error is VendError {
  return error instanceof VendError && error.code === 'policy_too_large'
}

/** The percentage in STS's message. */
function percentIn(cause: unknown): number | undefined {
  const percent = /(\d+)\s?%/u.exec(String(cause))?.[1]
  return percent === undefined ? undefined : Number(percent)
}

function policyFor(
  grants: Grants,
  options: SessionPolicyOptions,
  explained: (error: unknown) => unknown,
): SessionPolicy {
  try {
    return sessionPolicy(grants, options)
  } catch (error) {
    throw explained(error)
  }
}

function forOperator(error: unknown, { rulesOf }: Entitled): unknown {
  if (!(error instanceof GrantError)) return error
  const { code, message, grants, suggestion } = error
  const rules = [...new Set(grants.flatMap(rulesOf))].join(' and ')
  return new VendError(code, `The grants of this user together do not fit one session policy. ${message}`, {
    remedy: `Operator: change ${rules} of the entitlements for this user. Until then, request fewer grants with POST /credentials, such as {"subscribe":["…"]}; GET and the AWS SDKs always request all grants.`,
    grants,
    ...(suggestion === undefined ? {} : { suggestion }),
    cause: error,
  })
}

/** The requested grants; undefined to request all. */
function grantsAskedFor(
  request: VendRequest,
  { grants: entitled, dropped }: Entitled,
  userId: string,
): Grants | undefined {
  if (Object.values(entitled).every((filters) => filters.length === 0)) {
    const [first] = dropped
    if (first !== undefined) {
      const reasons = dropped.map(({ reason }) => reason).join(' ')
      throw new VendError('unusable_claim', `None of the entitlements can be applied to this user. ${reasons}`, {
        remedy: first.remedy,
      })
    }
    const remedy = 'Ask the operator to add an entitlement.'
    throw new VendError('no_grants', 'No entitlement applies to this user.', { remedy })
  }
  const asked = askedGrants(request)
  if (asked === undefined) return undefined
  const coverage = covers(entitled, asked)
  if (coverage.covered) return asked
  const detail = coverage.missing.map((grant) => refusal(grant, entitled, userId)).join(' ')
  const left = dropped.length === 0 ? '' : ` Skipped entitlements: ${dropped.map(({ reason }) => reason).join(' ')}`
  throw new VendError('not_entitled', detail + left, {
    remedy: `Request only what is granted (${summary(entitled)}), or ask the operator to add an entitlement.`,
    grants: coverage.missing,
  })
}

/** The same sentence that the client shows for this topic; the client cannot publish to a filter with wildcards. */
function refusal({ kind, filter }: GrantReference, entitled: Grants, userId: string): string {
  if (kind === 'subscribe') return explain(entitled, { userId }, { action: 'subscribe', filter }).reason
  if (/[+#]/u.test(filter)) return `${kind} "${filter}" is not granted.`
  return explain(entitled, { userId }, { action: 'publish', topic: filter, retain: kind === 'retain' }).reason
}

function summary(grants: Grants): string {
  const kinds = Object.entries(grants).filter(([, filters]) => filters.length > 0)
  return kinds.map(([kind, filters]) => `${kind} ${filters.join(' ')}`).join('; ')
}
