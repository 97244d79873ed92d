import { check, type RetryPolicy } from './check.js'
import type { CheckReport } from './on-demand-report.js'
import { DeployCheckError, line, passed, type TrialResult } from './trials/trial-result.js'

export function wantsReport(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'report' in event && event.report === true
}

/** Milliseconds: somebody is waiting, and what was deployed a while ago is in force. */
const patience = 120_000

/** Runs the trials as a deployment does, for two minutes at most. */
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
