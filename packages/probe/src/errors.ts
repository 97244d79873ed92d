/**
 * - `no_account`: the credentials do not work, or nobody said yes
 * - `not_deployed`, `not_destroyed`: CloudFormation did not get there
 * - `aborted`: Ctrl-C; the stack is deleted
 */
export type ProbeErrorCode = 'no_account' | 'not_deployed' | 'not_destroyed' | 'aborted'

interface ErrorDetails {
  readonly value?: unknown
  readonly remedy: string
  readonly cause?: unknown
}

/** The probe did not come to its end, and why. */
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

/** @param where what was going on */
export function stopped(where: string): ProbeError {
  return new ProbeError('aborted', `Stopped ${where}`, { value: where, remedy: 'Nothing is left of it; run it again.' })
}
