import { ServiceError } from '../protocols/service-error.js'

/** IAM's HTTP status by code: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const statuses = {
  AccessDenied: 403,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  ValidationError: 400,
} as const

type IamApiErrorCode = keyof typeof statuses

/** An error of IAM; `detail` is for the journal only. */
export function iamApiError(code: IamApiErrorCode, message: string, detail?: string): ServiceError {
  return new ServiceError(code, statuses[code], message, detail)
}

/** Converts the directory's errors, which have the same codes; any other error is a bug of the stand-in. */
export function asIamApiError(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (error instanceof ServiceError || typeof code !== 'string' || !Object.hasOwn(statuses, code)) return error
  return iamApiError(code as IamApiErrorCode, String(message))
}
