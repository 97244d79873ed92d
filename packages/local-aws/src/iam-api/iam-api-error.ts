import { ServiceError } from '../protocols/service-error.js'

/** The status that IAM answers a code with: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const statuses = {
  AccessDenied: 403,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  ValidationError: 400,
} as const

type IamApiErrorCode = keyof typeof statuses

/** An error as IAM answers it; `detail` is for the journal alone. */
export function iamApiError(code: IamApiErrorCode, message: string, detail?: string): ServiceError {
  return new ServiceError(code, statuses[code], message, detail)
}

/** The directory's refusals under the same codes; anything else is a mistake of ours. */
export function asIamApiError(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (error instanceof ServiceError || typeof code !== 'string' || !Object.hasOwn(statuses, code)) return error
  return iamApiError(code as IamApiErrorCode, String(message))
}
