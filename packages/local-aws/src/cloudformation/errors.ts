/** A part of the cloud assembly that cannot be deployed. The message contains the place and the reason. */
export class RealisationError extends Error {
  override readonly name = 'RealisationError'
  /**
   * - `assembly`: the folder is missing, unreadable or not a cloud assembly.
   * - `template`: a reference, condition or function in the template is wrong.
   * - `unsupported`: valid on AWS, but not modelled by this stand-in.
   * - `resource`: the service refused to create the resource.
   */
  readonly code: 'assembly' | 'template' | 'unsupported' | 'resource'
  readonly stackName: string | undefined
  readonly logicalId: string | undefined
  /** The part that cannot be deployed: by default the resource, otherwise the stack. */
  readonly value: unknown
  /** What to do about it, in one sentence; undefined if only a change of the template helps. */
  readonly remedy: string | undefined

  constructor(code: RealisationError['code'], message: string, details: RealisationErrorDetails = {}) {
    const { stackName, logicalId, value = logicalId ?? stackName, remedy, cause } = details
    super(message, { cause })
    this.code = code
    this.stackName = stackName
    this.logicalId = logicalId
    this.value = value
    this.remedy = remedy
  }
}

/** The fields of a {@link RealisationError} besides its message. */
interface RealisationErrorDetails {
  readonly stackName?: string
  readonly logicalId?: string | undefined
  readonly value?: unknown
  readonly remedy?: string
  readonly cause?: unknown
}
