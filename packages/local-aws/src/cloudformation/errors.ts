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

  constructor(
    code: RealisationError['code'],
    message: string,
    place: { readonly stackName?: string; readonly logicalId?: string; readonly cause?: unknown } = {},
  ) {
    super(message, place.cause === undefined ? {} : { cause: place.cause })
    this.code = code
    this.stackName = place.stackName
    this.logicalId = place.logicalId
  }
}
