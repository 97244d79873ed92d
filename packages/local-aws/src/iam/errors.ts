/** A policy that IAM or STS would not store: both answer 400 `MalformedPolicyDocument` with a sentence like this one's. */
export class MalformedPolicyDocumentError extends Error {
  override readonly name = 'MalformedPolicyDocumentError'
  readonly code = 'MalformedPolicyDocument'
  /** The part of the document that was refused, where one part is to blame. */
  readonly value: unknown

  constructor(message: string, value?: unknown) {
    super(message)
    this.value = value
  }
}

/** A role, user or policy that is not in the account: IAM answers 404 `NoSuchEntity`. */
export class NoSuchEntityError extends Error {
  override readonly name = 'NoSuchEntityError'
  readonly code = 'NoSuchEntity'
}

/** A role or user that is there already: IAM answers 409 `EntityAlreadyExists`. */
export class EntityAlreadyExistsError extends Error {
  override readonly name = 'EntityAlreadyExistsError'
  readonly code = 'EntityAlreadyExists'
}

/** More than an account may have by default: IAM answers 409 `LimitExceeded`. */
export class LimitExceededError extends Error {
  override readonly name = 'LimitExceededError'
  readonly code = 'LimitExceeded'
}

/** A name or number that IAM does not take: it answers 400 `ValidationError`. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError'
  readonly code = 'ValidationError'
}
