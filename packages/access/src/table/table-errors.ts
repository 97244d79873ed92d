import { parseJson, recordOf } from '@topic-credentials/grants'
import { AccessError } from '../errors.js'
import type { SignedAnswer } from './signed-call.js'

const throttling =
  /^(Throttling|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|LimitExceededException)$/u

/** Maps DynamoDB's error to an {@link AccessError}. DynamoDB's own message is the cause. */
export function tableFailure({ status, body }: SignedAnswer, tableName: string): AccessError {
  const name = errorName(body)
  const cause = new Error(`${name}: ${messageOf(body)}`)
  if (throttling.test(name)) return throttled(tableName, cause)
  if (status >= 500 || name === '') return unavailable(tableName, cause)
  return new AccessError('table_refused', `DynamoDB refused a request to the access table ${tableName} (${name}).`, {
    value: name,
    remedy: 'Check the permissions of the caller, the name of the table and the Region.',
    cause,
  })
}

export function throttled(tableName: string, cause?: unknown): AccessError {
  const remedy = 'Retry after some seconds, with increasing delays.'
  const message = `The access table ${tableName} is throttling requests.`
  return new AccessError('table_throttled', message, { value: tableName, remedy, cause })
}

export function unavailable(tableName: string, cause: unknown): AccessError {
  const remedy = 'Retry after some seconds, with increasing delays.'
  const message = `The access table ${tableName} did not respond, or its response is not one of DynamoDB.`
  return new AccessError('table_unavailable', message, { value: tableName, remedy, cause })
}

/** `ConditionalCheckFailedException`, without its namespace; empty if the response contains none. */
export function errorName(body: string): string {
  const { __type } = recordOf(parseJson(body))
  return typeof __type === 'string' ? __type.replace(/^.*#/su, '') : ''
}

function messageOf(body: string): string {
  const { message, Message } = recordOf(parseJson(body))
  return String(message ?? Message ?? body.slice(0, 200))
}
