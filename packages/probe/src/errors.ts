/**
 * - `no_account`: there are no valid credentials, or the user did not confirm
 * - `not_deployed`, `not_destroyed`: CloudFormation could not create or delete the stack
 * - `aborted`: the user stopped the probe, and the stack is deleted
 */
export type ProbeErrorCode = 'no_account' | 'not_deployed' | 'not_destroyed' | 'aborted'

interface ErrorDetails {
  readonly value?: unknown
  readonly remedy: string
  readonly cause?: unknown
}

/** The probe did not complete. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
  readonly code: ProbeErrorCode
  readonly value?: unknown
  readonly remedy: string

  constructor(code: ProbeErrorCode, message: string, details: ErrorDetails) {
    super(message, 'cause' in details ? { cause: details.cause } : {})
    this.code = code
    this.value = details.value
    this.remedy = details.remedy
  }
}

/** @param where the interrupted step */
export function stopped(where: string): ProbeError {
  return new ProbeError('aborted', `Stopped ${where}`, {
    value: where,
    remedy: 'The probe left nothing in the account. You can run it again.',
  })
}
