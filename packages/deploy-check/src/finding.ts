import type { Answer } from './answer.js'

/** One thing that was tried, what had to come of it, and what did. */
export interface Finding {
  readonly what: string
  readonly expected: 'allowed' | 'refused'
  readonly answer: Answer
}

export function holds({ expected, answer }: Finding): boolean {
  return answer.outcome === expected
}

/** More was allowed than may be. */
export function tooWide({ expected, answer }: Finding): boolean {
  return expected === 'refused' && answer.outcome === 'allowed'
}

/** `✓ publish to a: allowed`, `✗ publish to b: allowed, must be refused`. */
export function line(finding: Finding): string {
  const { what, expected, answer } = finding
  const how = answer.outcome === 'allowed' ? '' : ` (${answer.how})`
  if (holds(finding)) return `✓ ${what}: ${answer.outcome}${how}`
  return `✗ ${what}: ${answer.outcome}${how}, must be ${expected}`
}

/** CloudFormation takes 4,096 bytes for everything that a custom resource answers. */
const longestMessage = 2_500

/** What was deployed must not stay. The message is for the person who reads the failed deployment. */
export class DeployCheckError extends Error {
  override readonly name = 'DeployCheckError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    const failed = findings.filter((finding) => !holds(finding))
    const wide = failed.some(tooWide)
    const heading = wide
      ? 'This deployment would hand out more than it may'
      : 'This deployment does not do what it is for'
    const text = `${heading}: ${failed.length} of ${findings.length} checks failed.\n${failed.map(line).join('\n')}`
    super(text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text)
    this.findings = findings
    // CloudFormation would show the trace of a bundle beside the message.
    this.stack = ''
  }
}
