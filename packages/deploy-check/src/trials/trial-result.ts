import type { Outcome } from './outcome.js'

/** What AWS has to answer to a trial. */
export type Expectation = 'allowed' | 'refused'

/** One thing that was tried, what had to come of it, and what did. */
export interface TrialResult {
  readonly trial: string
  readonly expected: Expectation
  readonly outcome: Outcome
  /** What it means that it was not allowed, where that is no reason to roll back. */
  readonly optional?: string
}

/** Nothing in it speaks against the deployment. */
export function passed({ expected, outcome, optional }: TrialResult): boolean {
  return outcome.kind === expected || (optional !== undefined && outcome.kind !== 'allowed')
}

/** More was allowed than may be. */
export function tooPermissive({ expected, outcome }: TrialResult): boolean {
  return expected === 'refused' && outcome.kind === 'allowed'
}

/** `✓ publish to a: allowed`, `✗ publish to b: allowed, must be refused`. */
export function line(result: TrialResult): string {
  const { trial, expected, outcome } = result
  const how = outcome.kind === 'allowed' ? '' : ` (${outcome.how})`
  if (outcome.kind !== expected && passed(result)) {
    return `! ${trial}: ${outcome.kind}${how}, was to be ${expected}; ${result.optional}`
  }
  if (passed(result)) return `✓ ${trial}: ${outcome.kind}${how}`
  return `✗ ${trial}: ${outcome.kind}${how}, must be ${expected}`
}

/** CloudFormation takes 4,096 bytes for everything that a custom resource answers. */
const longestMessage = 2_500

/**
 * - `too_permissive`: something was allowed that must be refused
 * - `not_working`: something was refused, or not answered, that must be allowed
 */
export type DeployCheckErrorCode = 'too_permissive' | 'not_working'

/** What was deployed must not stay. The message is for the person who reads the failed deployment. */
export class DeployCheckError extends Error {
  override readonly name = 'DeployCheckError'
  readonly code: DeployCheckErrorCode
  readonly remedy = 'See docs/runbook.md#deploy-check.'
  /** All that was tried. */
  readonly value: readonly TrialResult[]

  constructor(results: readonly TrialResult[]) {
    const failed = results.filter((result) => !passed(result))
    const code = failed.some(tooPermissive) ? 'too_permissive' : 'not_working'
    const heading =
      code === 'too_permissive'
        ? 'This deployment would hand out more than it may'
        : 'This deployment does not do what it is for'
    const text = `${heading}: ${failed.length} of ${results.length} checks failed.\n${failed.map(line).join('\n')}`
    super(text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text)
    this.code = code
    this.value = results
    // CloudFormation would show the trace of a bundle beside the message.
    this.stack = ''
  }
}
