import { DeployCheckError, type Finding, holds, tooWide } from './finding.js'

/** How long {@link check} goes on, and what it waits with. */
export interface Patience {
  /** Milliseconds that are left for everything. */
  readonly remaining: () => number
  /** Milliseconds that a change may take until it is in force everywhere; 0: everything is in force at once. */
  readonly spreading: number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Told of every round that did not hold. */
  readonly tell: (findings: readonly Finding[], pause: number) => void
}

/** Milliseconds kept for one last round. */
const lastRound = 60_000

/**
 * Examines until everything holds. IAM takes seconds until a new policy is in force everywhere, and the first IoT
 * connection of a new account takes minutes; so what does not work yet is tried again while there is time. What is
 * allowed though it must not be gets no longer than a policy needs to spread.
 *
 * @param examine one round; a new one may find something else
 * @returns the findings of the round in which everything held
 * @throws DeployCheckError with the last findings
 */
export async function check(
  examine: () => Promise<readonly Finding[]>,
  patience: Patience,
): Promise<readonly Finding[]> {
  const began = patience.remaining()
  for (let round = 0; ; round += 1) {
    const findings = await examine()
    const failed = findings.filter((finding) => !holds(finding))
    if (failed.length === 0) return findings
    const pause = Math.min(30_000, 2_000 * 2 ** round)
    const left = failed.some(tooWide)
      ? patience.spreading - (began - patience.remaining())
      : patience.remaining() - lastRound
    if (patience.spreading === 0 || left < pause) throw new DeployCheckError(findings)
    patience.tell(failed, pause)
    await patience.sleep(pause)
  }
}
