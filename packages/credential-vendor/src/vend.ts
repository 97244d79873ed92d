import {
  askedGrants,
  clientIdPrefix,
  covers,
  durationLimits,
  type Entitlements,
  encodeUserId,
  explain,
  type GrantReference,
  type Grants,
  grantsFor,
  packedTooLarge,
  sessionPolicy,
  type VendRequest,
  type VendResponse,
} from '@topic-credentials/grants'
import type { Caller } from './caller.js'
import { VendError } from './errors.js'
import type { AssumeRole } from './sts/assume-role.js'

/** What vending needs to know and may call. */
export interface Vendor {
  readonly roleArn: string
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  readonly endpoint: string
  readonly region: string
  /** Of the role. */
  readonly accountId: string
  /** Whether session policies may take the dense form. */
  readonly dense: boolean
  /** Told to the user as {@link VendResponse.spreadSeconds}. */
  readonly spreadSeconds?: number | undefined
  readonly entitlements: Entitlements
  readonly assumeRole: AssumeRole
}

/**
 * Vends credentials for what the caller asks for, or for all it is entitled to when it asks for nothing in particular.
 *
 * @throws VendError `not_entitled` when anything asked for is not covered by the entitlements; what STS says, as
 * {@link AssumeRole}. @throws GrantError when the grants have no exact session policy; STS is then not asked.
 */
export async function vend(
  caller: Pick<Caller, 'userId' | 'claims'>,
  request: VendRequest,
  vendor: Vendor,
  abortSignal?: AbortSignal,
): Promise<VendResponse> {
  const { userId, claims } = caller
  const entitled = grantsFor(vendor.entitlements, { userId, claims })
  const grants = grantsAskedFor(request, entitled, userId)
  const { partition, region, accountId, dense } = vendor
  const options = { userId, partition, region, accountId, dense }
  const policy = sessionPolicy(grants, options)
  const session = await vendor
    .assumeRole(
      {
        roleArn: vendor.roleArn,
        sessionName: encodeUserId(userId),
        policy: policy.document,
        durationSeconds: request.durationSeconds ?? durationLimits.maximum,
      },
      abortSignal,
    )
    .catch((error: unknown) => {
      throw isPackedTooLarge(error) ? packedTooLarge(grants, options, percentIn(error.cause)) : error
    })
  const { packedPolicySize, expiration, ...keys } = session
  return {
    credentials: { ...keys, expiration: expiration.toISOString() },
    endpoint: vendor.endpoint,
    region: vendor.region,
    userId,
    clientIdPrefix: clientIdPrefix(userId),
    grants,
    policyCharacters: policy.characters,
    policyForm: policy.form,
    packedPolicySize,
    ...(vendor.spreadSeconds === undefined ? {} : { spreadSeconds: vendor.spreadSeconds }),
  }
}

function isPackedTooLarge(error: unknown): error is VendError {
  return error instanceof VendError && error.code === 'policy_too_large'
}

/** STS says by how much. */
function percentIn(cause: unknown): number | undefined {
  const percent = /(\d+)\s?%/u.exec(String(cause))?.[1]
  return percent === undefined ? undefined : Number(percent)
}

function grantsAskedFor(request: VendRequest, entitled: Grants, userId: string): Grants {
  if (Object.values(entitled).every((filters) => filters.length === 0)) {
    const remedy = 'Ask the operator for an entitlement.'
    throw new VendError('no_grants', 'No entitlement applies to this user.', { remedy })
  }
  const asked = askedGrants(request)
  if (asked === undefined) return entitled
  const coverage = covers(entitled, asked)
  if (coverage.covered) return asked
  const detail = coverage.missing.map((grant) => refusal(grant, entitled, userId)).join(' ')
  throw new VendError('not_entitled', detail, {
    remedy: `Ask for no more than is granted (${summary(entitled)}), or ask the operator for an entitlement.`,
    grants: coverage.missing,
  })
}

/** The sentence that the client says about the same topic; it knows no publishing to a whole filter. */
function refusal({ kind, filter }: GrantReference, entitled: Grants, userId: string): string {
  if (kind === 'subscribe') return explain(entitled, { userId }, { action: 'subscribe', filter }).reason
  if (/[+#]/u.test(filter)) return `${kind} "${filter}" is not granted.`
  return explain(entitled, { userId }, { action: 'publish', topic: filter, retain: kind === 'retain' }).reason
}

function summary(grants: Grants): string {
  const kinds = Object.entries(grants).filter(([, filters]) => filters.length > 0)
  return kinds.map(([kind, filters]) => `${kind} ${filters.join(' ')}`).join('; ')
}
