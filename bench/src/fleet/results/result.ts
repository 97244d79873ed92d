import type { Quota } from '../aws/quota.js'

/** The result of one simulation: plain data that can be sent between threads. */
export interface FleetResult {
  readonly clients: number
  /** Seconds until half, 95 % and all of the fleet were connected; undefined if not before the end. */
  readonly secondsTo: Readonly<Record<'half' | 'most' | 'all', number | undefined>>
  readonly api: QuotaUse
  readonly sts: QuotaUse
  readonly connect: QuotaUse
  readonly subscribe: QuotaUse
  /** Invocations rejected because of Lambda's concurrency limit. */
  readonly lambdaRejected: number
  /** Number of connections made in each second. */
  readonly connected: Int32Array
}

/** The use of one quota. */
export interface QuotaUse {
  readonly perSecond: number
  readonly requests: number
  readonly rejected: number
  /** The maximum number of requests in one second: overall, and after the first second. */
  readonly peak: number
  readonly peakLater: number
  readonly bySecond: Int32Array
}

export function quotaUse({ limits, requests, rejected }: Quota): QuotaUse {
  return {
    perSecond: limits.perSecond,
    requests: requests.total,
    rejected,
    peak: requests.peak(),
    peakLater: requests.peak(1),
    bySecond: requests.counts(),
  }
}
