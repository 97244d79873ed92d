import type { DroppedRule, Grants, PolicyForm } from '@topic-credentials/grants'

/** What the function writes about each request: enough to answer "who could do what, when", and no secret. */
export interface LogEntry {
  /** `vended`, or the problem's code. */
  readonly outcome: string
  readonly status: number
  /** Lambda's request ID and API Gateway's. */
  readonly requestId: string
  readonly apiRequestId?: string | undefined
  readonly route: string
  /** Whom it was for, and who proved that. */
  readonly userId?: string | undefined
  readonly prover?: string | undefined
  readonly provenBy?: string | undefined
  readonly grants?: Grants | undefined
  /** Rules that were left out, because a value of this caller cannot stand in a topic. */
  readonly dropped?: readonly DroppedRule[] | undefined
  /** Role session name, as CloudTrail and IoT's logs show it. */
  readonly sessionName?: string | undefined
  /** Names the credentials; it is no secret. */
  readonly accessKeyId?: string | undefined
  readonly expiration?: string | undefined
  readonly policyCharacters?: number | undefined
  readonly policyForm?: PolicyForm | undefined
  /** Percent. */
  readonly packedPolicySize?: number | undefined
  readonly milliseconds: number
  /** Why not, for the operator: it may say more than the caller was told. */
  readonly reason?: string | undefined
}

/** What an entry comes to in metrics: members to be written in the same line. */
export type Measure = (entry: LogEntry) => object

/** Takes one entry. */
export type Log = (entry: LogEntry) => void

/**
 * One JSON object per line on standard output, as Lambda's JSON log format reads them: the entry, and what it comes to in
 * metrics. A log level above INFO would lose both.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function jsonLog(write: (line: string) => void, now: () => Date, measure: Measure): Log {
  return (entry) => {
    write(`${JSON.stringify({ timestamp: now().toISOString(), level: levelOf(entry), ...entry, ...measure(entry) })}\n`)
  }
}

/** Percent from which a session policy is close to what STS can pack. */
const nearlyFull = 80

function levelOf({ status, packedPolicySize = 0 }: LogEntry): 'INFO' | 'WARN' | 'ERROR' {
  if (status >= 500) return 'ERROR'
  return status >= 400 || packedPolicySize >= nearlyFull ? 'WARN' : 'INFO'
}
