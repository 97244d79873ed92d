/** Something in the cloud assembly that cannot be realised. Its message names the place and says why. */
export class RealisationError extends Error {
  override readonly name = 'RealisationError'
  /**
   * - `assembly`: the folder is missing, unreadable or not a cloud assembly.
   * - `template`: a reference, condition or function in the template is wrong.
   * - `unsupported`: correct for AWS, but this stand-in does not model it.
   * - `resource`: the service refused to create the resource.
   */
  readonly code: 'assembly' | 'template' | 'unsupported' | 'resource'
  readonly stackName: string | undefined
  readonly logicalId: string | undefined
  /** What cannot be realised: by default the resource, else the stack. */
  readonly value: unknown
  /** What to do about it, in one sentence; undefined where only the template can be changed. */
  readonly remedy: string | undefined

  constructor(code: RealisationError['code'], message: string, details: RealisationErrorDetails = {}) {
    const { stackName, logicalId, value = logicalId ?? stackName, remedy, cause } = details
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.stackName = stackName
    this.logicalId = logicalId
    this.value = value
    this.remedy = remedy
  }
}

/** What a {@link RealisationError} knows besides its sentence. */
export interface RealisationErrorDetails {
  readonly stackName?: string
  readonly logicalId?: string
  readonly value?: unknown
  readonly remedy?: string
  readonly cause?: unknown
}
