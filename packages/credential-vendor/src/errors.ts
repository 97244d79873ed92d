import type { ProblemCode, ProblemExtras } from '@topic-credentials/grants'

/** Nothing was vended, and why, in the words that the caller is told. */
export class VendError extends Error {
  override readonly name = 'VendError'
  readonly code: ProblemCode
  /** Remedy, grants and the like; what the problem document says besides. */
  readonly extras: ProblemExtras

  /** @param cause What the log may know and the caller may not. */
  constructor(code: ProblemCode, message: string, extras: ProblemExtras, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.extras = extras
  }
}
