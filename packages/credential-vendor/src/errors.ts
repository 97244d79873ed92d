import { CodedError, type ProblemCode, type ProblemExtras } from '@topic-credentials/grants'

/** What a {@link VendError} knows besides its sentence: the members of the problem document, and what only the log may know. */
export interface VendErrorDetails extends Omit<ProblemExtras, 'remedy' | 'requestId'> {
  readonly remedy: string
  /** What the log may know and the caller may not. */
  readonly cause?: unknown
}

/** Nothing was vended, and why, in the words that the caller is told. */
export class VendError extends CodedError<ProblemCode> {
  override readonly name = 'VendError'
  /** What the problem document says besides code and message. */
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, message: string, { cause, ...extras }: VendErrorDetails) {
    super(code, message, { remedy: extras.remedy, cause })
    this.extras = extras
  }
}
