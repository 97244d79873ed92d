/** A policy that the prover does not support. The prover refuses it instead of guessing how IAM reads it. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly code = 'unknown_form'
  /** The unsupported part, as it appears in the document. */
  readonly value: unknown
  readonly remedy: string

  constructor(place: string, message: string, value: unknown, remedy: string) {
    super(`${place}: ${message}`)
    this.value = value
    this.remedy = remedy
  }
}
