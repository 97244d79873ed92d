/** An error response of a service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  /** AWS's: `AccessDenied`, `ValidationError`, … */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** The deciding statement, for the journal only: as in AWS, the response does not contain it. */
  readonly detail: string | undefined

  constructor(code: string, status: number, message: string, detail?: string) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}
