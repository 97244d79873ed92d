import { DeployCheckError, passed, type TrialResult, tooPermissive } from './trials/trial-result.js'

/** How long {@link check} retries, and how it waits. */
export interface RetryPolicy {
  /** Milliseconds left until the deadline. */
  readonly remaining: () => number
  /** Milliseconds that a change can take to become effective everywhere; 0 if changes are effective immediately. */
  readonly spreading: number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Called after every round with failures. */
  readonly report: (results: readonly TrialResult[], pause: number) => void
}

/** Milliseconds reserved for one last round. */
const lastRound = 60_000

/**
 * Repeats the trials until all of them pass. IAM needs seconds until a new policy is effective everywhere, and the first IoT connection
 * of a new account takes minutes, so failed trials are retried while there is time. If something is allowed that must be refused, the
 * retries stop after the time that a policy needs to become effective.
 *
 * @param runTrials one round; each call may give different results
 * @returns the results of the round in which all passed
 * @throws DeployCheckError with the results of the last round
 */
export async function check(
  runTrials: () => Promise<readonly TrialResult[]>,
  policy: RetryPolicy,
): Promise<readonly TrialResult[]> {
  const began = policy.remaining()
  for (let round = 0; ; round += 1) {
    const results = await runTrials()
    const failed = results.filter((result) => !passed(result))
    if (failed.length === 0) return results
    const pause = Math.min(30_000, 2_000 * 2 ** round)
    const left = failed.some(tooPermissive)
      ? policy.spreading - (began - policy.remaining())
      : policy.remaining() - lastRound
    if (policy.spreading === 0 || left < pause) throw new DeployCheckError(results)
    policy.report(failed, pause)
    await policy.sleep(pause)
  }
}
