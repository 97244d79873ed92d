import { CodedError } from '../errors.js'

/** A policy that the prover does not support. The prover refuses it instead of guessing how IAM reads it. */
export class ProofError extends CodedError<'unknown_form'> {
  override readonly name = 'ProofError'

  /** @param value the unsupported part, as it appears in the document */
  constructor(place: string, message: string, value: unknown, remedy: string) {
    super('unknown_form', `${place}: ${message}`, { value, remedy })
  }
}
