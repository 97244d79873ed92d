import { AccessError } from '../errors.js'
import type { SignedAnswer } from './signed-call.js'

const throttling =
  /^(Throttling|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|LimitExceededException)$/u

/** DynamoDB's refusal in our terms. Its own words are the cause. */
export function tableFailure({ status, body }: SignedAnswer, tableName: string): AccessError {
  const name = errorName(body)
  const cause = new Error(`${name}: ${messageOf(body)}`)
  if (throttling.test(name)) return throttled(tableName, cause)
  if (status >= 500 || name === '') return unavailable(tableName, cause)
  return new AccessError('table_refused', `DynamoDB refused a request to the access table ${tableName} (${name}).`, {
    value: name,
    remedy: 'Look at the rights of who asks, at the table’s name and at the Region.',
    cause,
  })
}

export function throttled(tableName: string, cause?: unknown): AccessError {
  const remedy = 'Try again in some seconds, later each time.'
  const message = `The access table ${tableName} takes no more requests for now.`
  return new AccessError('table_throttled', message, { value: tableName, remedy, cause })
}

export function unavailable(tableName: string, cause: unknown): AccessError {
  const remedy = 'Try again in some seconds, later each time.'
  const message = `The access table ${tableName} did not answer as DynamoDB does.`
  return new AccessError('table_unavailable', message, { value: tableName, remedy, cause })
}

/** `ConditionalCheckFailedException`, without its namespace; empty where the answer names none. */
export function errorName(body: string): string {
  const { __type } = parsed(body)
  return typeof __type === 'string' ? __type.replace(/^.*#/su, '') : ''
}

function messageOf(body: string): string {
  const { message, Message } = parsed(body)
  return String(message ?? Message ?? body.slice(0, 200))
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>
  } catch {
    return {}
  }
}
