import { CodedError } from '@topic-credentials/grants'

/**
 * - `no_stack`: there are no outputs of a stack, and no stand-in is running
 * - `no_check`: the stack has no deploy check
 * - `not_called`: the invocation of the check's function failed, or it returned no report
 */
export type CheckCommandErrorCode = 'no_stack' | 'no_check' | 'not_called'

/** The check could not run. */
export class CheckCommandError extends CodedError<CheckCommandErrorCode> {
  override readonly name = 'CheckCommandError'
}
