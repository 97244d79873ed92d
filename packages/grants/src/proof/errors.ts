/** A policy that the prover cannot read: it says so instead of guessing what IAM makes of it. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly code = 'unknown_form'
  /** What it does not know, as it stands in the document. */
  readonly value: unknown
  readonly remedy: string

  constructor(place: string, message: string, value: unknown, remedy: string) {
    super(`${place}: ${message}`)
    this.value = value
    this.remedy = remedy
  }
}
