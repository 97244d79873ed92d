import { check, type RetryPolicy } from './check.js'
import { DeployCheckError, line, passed, type TrialResult } from './trials/trial-result.js'

/** What the function is called with when somebody wants to see the list: it answers in place of failing. */
export const reportRequest = { report: true } as const

/** The answer to {@link reportRequest}: a line for each trial, ✓ or ✗. */
export interface CheckReport {
  readonly passed: boolean
  readonly lines: readonly string[]
}

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
