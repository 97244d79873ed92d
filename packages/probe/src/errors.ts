/**
 * - `no_account`: the credentials do not work, or nobody said yes
 * - `not_deployed`, `not_destroyed`: CloudFormation did not get there
 * - `aborted`: Ctrl-C
 */
export type ProbeErrorCode = 'no_account' | 'not_deployed' | 'not_destroyed' | 'aborted'

/** The probe did not come to its end, and why. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
  readonly code: ProbeErrorCode
  readonly value?: unknown
  readonly remedy: string

  constructor(code: ProbeErrorCode, message: string, details: { readonly value?: unknown; readonly remedy: string }) {
    super(message)
    this.code = code
    this.value = details.value
    this.remedy = details.remedy
  }
}
