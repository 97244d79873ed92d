import { setTimeout } from 'node:timers/promises'
import { type HttpsServer, serveHttps } from '../https-server.js'
import type { ServiceGuard } from '../outages.js'
import { type QueryOperation, queryService } from '../protocols/query-service.js'
import { ServiceError } from '../protocols/service-error.js'
import type { ServiceHandler, ServiceSettings } from '../protocols/signed-service.js'
import { RateLimit } from '../rate-limit.js'
import type { TlsMaterial } from '../tls.js'
import { assumeRole } from './assume-role.js'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.js'
import { getCallerIdentity } from './get-caller-identity.js'
import type { PackedPolicyEstimate } from './packed-policy.js'

export interface StsSettings extends ServiceSettings {
  readonly tls: TlsMaterial
  /** 0 selects a free port. */
  readonly port: number
  /** @default 'high' */
  readonly packedPolicy?: PackedPolicyEstimate
  readonly guard?: ServiceGuard
}

/** The faults of STS. */
export interface StsFaults {
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

export interface Sts extends HttpsServer {
  readonly faults: StsFaults
  /** For an endpoint shared with other services. */
  readonly answer: ServiceHandler
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
  const { clock, directory, packedPolicy = 'high', guard = (handler) => handler } = settings
  const faults: { throttled: number; delayed: number; quota?: RateLimit } = { throttled: 0, delayed: 0 }
  const closing = new AbortController()
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
      ['GetCallerIdentity', getCallerIdentity],
    ]),
    unsigned: new Map([
      ['AssumeRoleWithWebIdentity', (asked) => assumeRoleWithWebIdentity({ ...asked, directory, packedPolicy })],
    ]),
  })
  const answer = guard(async (request, response) => {
    if (faults.delayed > 0) await setTimeout(faults.delayed, undefined, { signal: closing.signal })
    await service(request, response)
  })
  const server = await serveHttps({ ...settings, answer })
  const close = () => {
    closing.abort()
    return server.close()
  }
  return {
    ...server,
    answer,
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
    close,
    [Symbol.asyncDispose]: close,
  }
}
