import { check, type RetryPolicy } from './check.js'
import type { CheckReport } from './on-demand-report.js'
import { DeployCheckError, line, passed, type TrialResult } from './trials/trial-result.js'

export function wantsReport(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'report' in event && event.report === true
}

/** Milliseconds. A person is waiting, and the deployed changes have been effective for a while. */
const patience = 120_000

/** Runs the trials as in a deployment, for at most two minutes. */
export async function report(
  runTrials: () => Promise<readonly TrialResult[]>,
  policy: RetryPolicy,
): Promise<CheckReport> {
  const began = policy.remaining()
  const remaining = () => Math.min(policy.remaining(), patience - (began - policy.remaining()))
  const results = await check(runTrials, { ...policy, remaining }).catch((error: unknown) => {
    if (error instanceof DeployCheckError) return error.value
    throw error
  })
  return { passed: results.every(passed), lines: results.map(line) }
}
