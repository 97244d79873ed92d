import type { DroppedRule, Grants, PolicyForm } from '@topic-credentials/grants'

/** The log entry of one request: the caller, the grants and the result, without secrets. */
export interface LogEntry {
  /** `vended`, or the problem's code. */
  readonly outcome: string
  readonly status: number
  /** The request IDs of Lambda and of API Gateway. */
  readonly requestId: string
  readonly apiRequestId?: string | undefined
  readonly route: string
  /** The user, and the identity that proved it. */
  readonly userId?: string | undefined
  readonly prover?: string | undefined
  readonly provenBy?: string | undefined
  readonly grants?: Grants | undefined
  /** Rules that were skipped, because a value of this caller cannot be part of a topic. */
  readonly dropped?: readonly DroppedRule[] | undefined
  /** Role session name, as in CloudTrail and in the logs of AWS IoT. */
  readonly sessionName?: string | undefined
  /** Identifies the credentials; not a secret. */
  readonly accessKeyId?: string | undefined
  readonly expiration?: string | undefined
  readonly policyCharacters?: number | undefined
  readonly policyForm?: PolicyForm | undefined
  /** Percent. */
  readonly packedPolicySize?: number | undefined
  readonly milliseconds: number
  /** The cause, for the operator. It can contain more than the response to the caller. */
  readonly reason?: string | undefined
}

/** Converts an entry to metrics: members that are written in the same line. */
export type Measure = (entry: LogEntry) => object

/** Writes one entry. */
export type Log = (entry: LogEntry) => void

/**
 * One JSON object per line on standard output, the format of Lambda's JSON logs: the entry and its metrics. With a log level above INFO,
 * both would be lost.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function jsonLog(write: (line: string) => void, now: () => Date, measure: Measure): Log {
  return (entry) => {
    write(`${JSON.stringify({ timestamp: now().toISOString(), level: levelOf(entry), ...entry, ...measure(entry) })}\n`)
  }
}

/** Percentage from which a session policy is close to the packed size limit of STS. */
const nearlyFull = 80

function levelOf({ status, packedPolicySize = 0 }: LogEntry): 'INFO' | 'WARN' | 'ERROR' {
  if (status >= 500) return 'ERROR'
  return status >= 400 || packedPolicySize >= nearlyFull ? 'WARN' : 'INFO'
}
