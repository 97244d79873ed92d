import { type QueryOperation, queryService } from '../protocols/query-service.js'
import { type ServedService, type ServedSettings, serveService } from '../protocols/serve-service.js'
import { ServiceError } from '../protocols/service-error.js'
import { RateLimit } from '../rate-limit.js'
import { assumeRole } from './assume-role.js'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.js'
import type { PackedPolicyEstimate } from './packed-policy.js'

interface StsSettings extends ServedSettings {
  /** @default 'high' */
  readonly packedPolicy?: PackedPolicyEstimate
}

/** The faults of STS. */
interface StsFaults {
  /** The next `times` requests fail with 400 Throttling, "Rate exceeded". */
  throttle(times: number): void
  /**
   * The number of requests per second that are processed; others are throttled. All callers of the account share 600 in a Region, so others may
   * leave only a few. Undefined ends it.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-sts-requests
   */
  limit(requestsPerSecond: number | undefined): void
  /** The delay of every request before it is read, in milliseconds; 0 ends it. */
  delay(milliseconds: number): void
}

export interface Sts extends ServedService {
  readonly faults: StsFaults
}

const api = { service: 'sts', version: '2011-06-15' } as const
/** Larger than 50 tags, a policy and ten ARNs, all percent-encoded. */
const largestBody = 262_144

/**
 * Serves STS over TLS on 127.0.0.1: Query protocol, verified signatures, enforced policies.
 *
 * @example
 * await using sts = await startSts({ directory, accountId, region: 'eu-west-1', clock, journal, tls, port: 0 })
 * new STSClient({ endpoint: sts.url, region: 'eu-west-1', credentials })
 */
export async function startSts(settings: StsSettings): Promise<Sts> {
  const { clock, directory, packedPolicy = 'high' } = settings
  const faults: { throttled: number; delayed: number; quota?: RateLimit } = { throttled: 0, delayed: 0 }
  const service = queryService(settings, {
    api,
    largestBody,
    admit() {
      const asked = faults.throttled > 0
      if (asked) faults.throttled--
      if (!asked && faults.quota?.take(clock.now()) !== false) return
      throw new ServiceError('Throttling', 400, 'Rate exceeded')
    },
    operations: new Map<string, QueryOperation>([
      ['AssumeRole', (call) => assumeRole({ ...call, directory, packedPolicy })],
      // Needs no permission; even a Deny has no effect.
      [
        'GetCallerIdentity',
        ({ caller: { principal } }) => ({
          result: { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId },
        }),
      ],
    ]),
    unsigned: new Map([
      ['AssumeRoleWithWebIdentity', (asked) => assumeRoleWithWebIdentity({ ...asked, directory, packedPolicy })],
    ]),
  })
  const server = await serveService(settings, service, () => faults.delayed)
  return {
    ...server,
    faults: {
      throttle: (times) => {
        faults.throttled = times
      },
      limit: (requestsPerSecond) => {
        delete faults.quota
        if (requestsPerSecond !== undefined) faults.quota = new RateLimit(requestsPerSecond)
      },
      delay: (milliseconds) => {
        faults.delayed = milliseconds
      },
    },
  }
}
