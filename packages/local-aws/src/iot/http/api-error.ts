import type { GatewayError } from '../access/signature-gate.js'

/** An error response, with the name and status of AWS's model. */
export class ApiError extends Error implements GatewayError {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  /** 400 */
  static invalid(message: string): ApiError {
    return new ApiError(400, 'InvalidRequestException', message)
  }

  /** 404 */
  static notFound(message: string): ApiError {
    return new ApiError(404, 'ResourceNotFoundException', message)
  }
}
