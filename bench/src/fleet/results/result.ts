import type { Quota } from '../aws/quota.js'

/** What became of one fleet: plain data, as it comes out of a worker. */
export interface FleetResult {
  readonly clients: number
  /** Seconds until half, 95 % and all of the fleet were connected; undefined: not before the end. */
  readonly secondsTo: Readonly<Record<'half' | 'most' | 'all', number | undefined>>
  readonly api: QuotaUse
  readonly sts: QuotaUse
  readonly connect: QuotaUse
  readonly subscribe: QuotaUse
  /** Calls of the function that were over Lambda's concurrency. */
  readonly lambdaRejected: number
  /** Connections made in each second. */
  readonly connected: Int32Array
}

/** How a fleet used one quota. */
export interface QuotaUse {
  readonly perSecond: number
  readonly requests: number
  readonly rejected: number
  /** The most requests in one second: of all, and after the first one. */
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
