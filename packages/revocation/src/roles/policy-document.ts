import { oneOrMany } from '@topic-credentials/grants'
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

/** Denies everything to the sessions with these names, or to all sessions; with `before`, only to those issued before this time. */
export function denyBefore(Sid: string, names: readonly string[], before?: number): Statement {
  const users = names.length === 0 ? {} : { StringLike: { 'aws:userid': oneOrMany(names.map((name) => `*:${name}`)) } }
  const times = before === undefined ? {} : { DateLessThan: { 'aws:TokenIssueTime': isoSeconds(before) } }
  return { Sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: { ...times, ...users } }
}

/** A date for IAM, which needs no milliseconds. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
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
    // The document has a different structure.
  }
  throw new RevocationError('foreign_policy', `The inline policy ${policyName} was not written by this command`, {
    value: text,
    remedy: 'Inspect it in IAM, and delete or rename it. Nothing was changed.',
  })
}
