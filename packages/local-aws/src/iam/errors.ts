/** A policy that IAM or STS refuses to store: both respond with 400 `MalformedPolicyDocument` and a similar message. */
export class MalformedPolicyDocumentError extends Error {
  override readonly name = 'MalformedPolicyDocumentError'
  readonly code = 'MalformedPolicyDocument'
  /** The refused part of the document, if it can be identified. */
  readonly value: unknown

  constructor(message: string, value?: unknown) {
    super(message)
    this.value = value
  }
}

/** A role, user or policy that does not exist: IAM responds with 404 `NoSuchEntity`. */
export class NoSuchEntityError extends Error {
  override readonly name = 'NoSuchEntityError'
  readonly code = 'NoSuchEntity'
}

/** A role or user that already exists: IAM responds with 409 `EntityAlreadyExists`. */
export class EntityAlreadyExistsError extends Error {
  override readonly name = 'EntityAlreadyExistsError'
  readonly code = 'EntityAlreadyExists'
}

/** A default quota is exceeded: IAM responds with 409 `LimitExceeded`. */
export class LimitExceededError extends Error {
  override readonly name = 'LimitExceededError'
  readonly code = 'LimitExceeded'
}

/** An invalid name or number: IAM responds with 400 `ValidationError`. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError'
  readonly code = 'ValidationError'
}
