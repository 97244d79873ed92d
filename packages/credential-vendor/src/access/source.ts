import type { Rule, User } from '@topic-credentials/grants'

/** The user whose access is read. */
export interface AccessQuestion extends User {
  /** Who proved the user: `jwt`, `iam`, `backend` or `deploy-check`. */
  readonly prover?: string | undefined
  /** The IAM identity that called, or the token's issuer. */
  readonly provenBy?: string | undefined
}

/** The result of a source for one caller. */
export interface Access {
  /** Added to the rules of the file. */
  readonly rules: readonly Rule[]
  /** No session issued before this time is reused. Milliseconds since the epoch. */
  readonly signedOutAt?: number | undefined
  /** Credentials end after this many seconds at the latest. */
  readonly longestSeconds?: number | undefined
  /** Groups that could not be looked up, for the log. */
  readonly droppedGroups?: readonly string[] | undefined
}

/**
 * A source of rules that are not shipped with the function. The vendor does not depend on the kind of source.
 *
 * @throws VendError when the caller has no access, or when the source cannot be read
 */
export type AccessSource = (question: AccessQuestion, abortSignal?: AbortSignal) => Promise<Access>

/** Combines all sources. They are queried in parallel, and each of them can refuse. */
export function allOf(sources: readonly AccessSource[]): AccessSource {
  return async (question, abortSignal) => {
    const answers = await Promise.all(sources.map((ask) => ask(question, abortSignal)))
    const signedOut = answers.flatMap(({ signedOutAt }) => signedOutAt ?? [])
    const longest = answers.flatMap(({ longestSeconds }) => longestSeconds ?? [])
    return {
      rules: answers.flatMap(({ rules }) => rules),
      signedOutAt: signedOut.length === 0 ? undefined : Math.max(...signedOut),
      longestSeconds: longest.length === 0 ? undefined : Math.min(...longest),
      droppedGroups: answers.flatMap(({ droppedGroups = [] }) => droppedGroups),
    }
  }
}
