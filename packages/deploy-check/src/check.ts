import { DeployCheckError, passed, type TrialResult, tooPermissive } from './trials/trial-result.js'

/** How long {@link check} tries again, and how it waits. */
export interface RetryPolicy {
  /** Milliseconds that are left for everything. */
  readonly remaining: () => number
  /** Milliseconds that a change may take until it is in force everywhere; 0: everything is in force at once. */
  readonly spreading: number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Told of every round in which something failed. */
  readonly tell: (results: readonly TrialResult[], pause: number) => void
}

/** Milliseconds kept for one last round. */
const lastRound = 60_000

/**
 * Runs the trials until all of them pass. IAM takes seconds until a new policy is in force everywhere, and the first IoT
 * connection of a new account takes minutes; so what does not work yet is tried again while there is time. What is
 * allowed though it must not be gets no longer than a policy needs to spread.
 *
 * @param runTrials one round; a new one may find something else
 * @returns the results of the round in which all passed
 * @throws DeployCheckError with the last results
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
    policy.tell(failed, pause)
    await policy.sleep(pause)
  }
}
