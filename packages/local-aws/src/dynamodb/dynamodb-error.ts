/** An error as DynamoDB answers it. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
export class DynamoDbError extends Error {
  override readonly name = 'DynamoDbError'
  /** `AccessDeniedException`, … */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** Why, for the journal: which statement decided. The caller is not told. */
  readonly detail: string | undefined

  constructor(code: string, message: string, { status = 400, detail }: { status?: number; detail?: string } = {}) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}

const ofTheService = new Set([
  'ConditionalCheckFailedException',
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'ResourceInUseException',
  'ResourceNotFoundException',
])

/** Errors of the protocol, such as those of signatures, are another namespace's than DynamoDB's own. */
export function qualified(code: string): string {
  return `${ofTheService.has(code) ? 'com.amazonaws.dynamodb.v20120810' : 'com.amazon.coral.service'}#${code}`
}
