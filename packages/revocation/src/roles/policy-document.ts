import { RevocationError } from '../errors.js'

/** A statement of these policies: always a Deny. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Deny'
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** Name of the inline policy on both roles. */
export const policyName = 'Revocations'

/** Undefined for no statements: IAM does not store a policy without statements. */
export function policyDocument(statements: readonly Statement[]): PolicyDocument | undefined {
  return statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: statements }
}

/**
 * Parses a document and verifies it completely: `write` must produce the same document again. A policy that another program wrote under
 * this name is never replaced.
 *
 * @throws RevocationError `foreign_policy`
 */
export function readDocument<T>(
  text: string,
  read: (statements: readonly Statement[]) => T,
  write: (value: T) => PolicyDocument | undefined,
): T {
  try {
    const document = JSON.parse(text) as PolicyDocument
    const value = read(document.Statement)
    if (JSON.stringify(write(value)) === JSON.stringify(document)) return value
  } catch {
    // It does not even have the right structure.
  }
  throw new RevocationError('foreign_policy', `The inline policy ${policyName} was not written by this command`, {
    value: text,
    remedy: 'Inspect it in IAM, and delete or rename it. Nothing was changed.',
  })
}
