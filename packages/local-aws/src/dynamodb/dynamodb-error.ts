import { ServiceError } from '../protocols/service-error.js'

/** An error of DynamoDB; most have the status 400. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
export function dynamoDbError(
  code: string,
  message: string,
  { status = 400, detail }: { status?: number; detail?: string } = {},
): ServiceError {
  return new ServiceError(code, status, message, detail)
}

const ofTheService = new Set([
  'ConditionalCheckFailedException',
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'ResourceInUseException',
  'ResourceNotFoundException',
])

/** Errors of the protocol, such as signature errors, have a different namespace than DynamoDB's own. */
export function qualified(code: string): string {
  return `${ofTheService.has(code) ? 'com.amazonaws.dynamodb.v20120810' : 'com.amazon.coral.service'}#${code}`
}
