import { CodedError, type ProblemCode, type ProblemExtras } from '@topic-credentials/grants'

/** The fields of a {@link VendError} besides its message: members of the problem document, and a cause for the log. */
export interface VendErrorDetails extends Omit<ProblemExtras, 'remedy' | 'requestId'> {
  readonly remedy: string
  /** Written to the log, never returned to the caller. */
  readonly cause?: unknown
}

/** Nothing was vended. Code, message and remedy are returned to the caller. */
export class VendError extends CodedError<ProblemCode> {
  override readonly name = 'VendError'
  /** Further members of the problem document. */
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, message: string, { cause, ...extras }: VendErrorDetails) {
    super(code, message, { remedy: extras.remedy, cause })
    this.extras = extras
  }
}

/** The refusal of a caller that is not a user of this stack. */
export function notSupported(message: string, remedy: string): VendError {
  return new VendError('caller_not_supported', message, { remedy })
}
