/** An error as a service answers it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  /** AWS's: `AccessDenied`, `ValidationError`, … */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** For the journal alone: which statement decided. The caller is not told, as in AWS. */
  readonly detail: string | undefined

  constructor(code: string, status: number, message: string, detail?: string) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}
