import type { Outcome } from './outcome.js'

/** The required outcome of a trial. */
export type Expectation = 'allowed' | 'refused'

/** One trial, its required outcome and its actual outcome. */
export interface TrialResult {
  readonly trial: string
  readonly expected: Expectation
  readonly outcome: Outcome
  /** For a trial that must not cause a rollback: the consequence if the outcome is not `allowed`. */
  readonly optional?: string
}

export function mustAllow(trial: string, outcome: Outcome): TrialResult {
  return { trial, expected: 'allowed', outcome }
}

export function mustRefuse(trial: string, outcome: Outcome): TrialResult {
  return { trial, expected: 'refused', outcome }
}

/** Whether the result permits the deployment. */
export function passed({ expected, outcome, optional }: TrialResult): boolean {
  return outcome.kind === expected || (optional !== undefined && outcome.kind !== 'allowed')
}

/** More was allowed than the grants permit. */
export function tooPermissive({ expected, outcome }: TrialResult): boolean {
  return expected === 'refused' && outcome.kind === 'allowed'
}

/** `✓ publish to a: allowed`, `✗ publish to b: allowed, must be refused`. */
export function line(result: TrialResult): string {
  const { trial, expected, outcome } = result
  const how = outcome.kind === 'allowed' ? '' : ` (${outcome.how})`
  if (outcome.kind !== expected && passed(result)) {
    return `! ${trial}: ${outcome.kind}${how}, expected ${expected}; ${result.optional}`
  }
  if (passed(result)) return `✓ ${trial}: ${outcome.kind}${how}`
  return `✗ ${trial}: ${outcome.kind}${how}, must be ${expected}`
}

/** CloudFormation limits the whole response of a custom resource to 4,096 bytes. */
const longestMessage = 2_500

/**
 * - `too_permissive`: something was allowed that must be refused
 * - `not_working`: something was refused, or not answered, that must be allowed
 */
export type DeployCheckErrorCode = 'too_permissive' | 'not_working'

/** The deployed stack failed the check. The message is for the person who reads the failed deployment. */
export class DeployCheckError extends Error {
  override readonly name = 'DeployCheckError'
  readonly code: DeployCheckErrorCode
  readonly remedy = 'See docs/runbook.md#deploy-check.'
  /** All results. */
  readonly value: readonly TrialResult[]

  constructor(results: readonly TrialResult[]) {
    const failed = results.filter((result) => !passed(result))
    const code = failed.some(tooPermissive) ? 'too_permissive' : 'not_working'
    const heading =
      code === 'too_permissive'
        ? 'This deployment would grant more than the entitlements allow'
        : 'This deployment does not work'
    const text = `${heading}: ${failed.length} of ${results.length} checks failed.\n${failed.map(line).join('\n')}`
    super(text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text)
    this.code = code
    this.value = results
    // CloudFormation would append the stack trace of the bundle to the message.
    this.stack = ''
  }
}
