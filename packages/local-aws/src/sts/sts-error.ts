/**
 * An error as STS answers it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
 */
export class StsError extends Error {
  override readonly name = 'StsError'
  /** `AccessDenied`, `ValidationError`, `MalformedPolicyDocument`, … */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** Why, for the journal: which statement decided. The caller is not told, as in AWS. */
  readonly detail: string | undefined

  constructor(code: string, status: number, message: string, detail?: string) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}

/** What fails the model's constraints is listed in one error, in AWS's words. */
export function validationError(violations: readonly string[]): StsError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`
  return new StsError('ValidationError', 400, `${count}: ${violations.join('; ')}`)
}
