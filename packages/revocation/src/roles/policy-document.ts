import { RevocationError } from '../errors.js'

/** One statement as it is written here: always a Deny. */
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

/** Name of the inline policy, on both roles. */
export const policyName = 'Revocations'

/** Undefined for none: IAM stores no policy without a statement. */
export function policyDocument(statements: readonly Statement[]): PolicyDocument | undefined {
  return statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: statements }
}

/**
 * Reads a document back, and proves that it says what was read and nothing else: `write` must make the same one again. What
 * somebody else wrote under this name is not ours to replace.
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
    // It is not even of the right shape.
  }
  throw new RevocationError('foreign_policy', `The inline policy ${policyName} was not written by this command`, {
    value: text,
    remedy: 'Look at it in IAM, and delete or rename it; nothing was changed.',
  })
}
