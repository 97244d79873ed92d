import type { Rule, User } from '@topic-credentials/grants'

/** Whose access is asked for. */
export interface AccessQuestion extends User {
  /** The IAM identity that called, or the token's issuer. */
  readonly provenBy?: string | undefined
}

/** What a source beside the file says about a caller. */
export interface Access {
  /** Added to the file's rules. */
  readonly rules: readonly Rule[]
  /** Sessions issued before are over: none of them is handed out again. Milliseconds since the epoch. */
  readonly signedOutAt?: number | undefined
  /** Groups that nothing can be said about, for the log. */
  readonly droppedGroups?: readonly string[] | undefined
}

/**
 * Where rules come from that are not shipped with the function. The vendor does not know which there are.
 *
 * @throws VendError when the caller may have nothing, or when nobody can tell
 */
export type AccessSource = (question: AccessQuestion, abortSignal?: AbortSignal) => Promise<Access>

/** All sources add up. They are asked at once, and each of them can refuse. */
export function allOf(sources: readonly AccessSource[]): AccessSource {
  return async (question, abortSignal) => {
    const answers = await Promise.all(sources.map((ask) => ask(question, abortSignal)))
    const signedOut = answers.flatMap(({ signedOutAt }) => signedOutAt ?? [])
    return {
      rules: answers.flatMap(({ rules }) => rules),
      signedOutAt: signedOut.length === 0 ? undefined : Math.max(...signedOut),
      droppedGroups: answers.flatMap(({ droppedGroups = [] }) => droppedGroups),
    }
  }
}
