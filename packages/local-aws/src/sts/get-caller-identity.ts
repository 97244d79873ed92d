import type { QueryOperation } from '../protocols/query-service.js'

/**
 * Returns the caller's identity. Needs no permission; even a Deny has no effect.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const getCallerIdentity: QueryOperation = ({ caller: { principal } }) => ({
  result: { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId },
})
