/**
 * - `no_stack`: no outputs of a stack, and no stand-in that runs
 * - `no_check`: the stack has no deploy check
 * - `not_called`: the check's function was not called, or did not answer with a list
 */
export type CheckCommandErrorCode = 'no_stack' | 'no_check' | 'not_called'

/** Nothing was checked, and why. */
export class CheckCommandError extends Error {
  override readonly name = 'CheckCommandError'
  readonly code: CheckCommandErrorCode
  readonly value: unknown
  readonly remedy: string

  constructor(
    code: CheckCommandErrorCode,
    message: string,
    details: { readonly value: unknown; readonly remedy: string },
  ) {
    super(message)
    this.code = code
    this.value = details.value
    this.remedy = details.remedy
  }
}
