const statuses = {
  AccessDenied: 403,
  InvalidAction: 400,
  InternalFailure: 500,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  RequestEntityTooLarge: 413,
  ValidationError: 400,
} as const

export type IamApiErrorCode = keyof typeof statuses

/**
 * An error as IAM answers it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export class IamApiError extends Error {
  override readonly name = 'IamApiError'
  readonly code: IamApiErrorCode
  /** HTTP status. */
  readonly status: number
  /** Why, for the journal: which statement decided. The caller is not told. */
  readonly detail: string | undefined

  constructor(code: IamApiErrorCode, message: string, detail?: string) {
    super(message)
    this.code = code
    this.status = statuses[code]
    this.detail = detail
  }
}

/** The directory's refusals under the same codes; anything else is a mistake of ours and ends nothing. */
export function asIamApiError(error: unknown): IamApiError {
  if (error instanceof IamApiError) return error
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (error instanceof Error && typeof code === 'string' && Object.hasOwn(statuses, code)) {
    return new IamApiError(code as IamApiErrorCode, String(message))
  }
  const detail = error instanceof Error ? error.stack : String(error)
  return new IamApiError('InternalFailure', 'An internal error has occurred', detail)
}
