import type { QueryOperation } from '../protocols/query-service.js'

/**
 * Who am I? Needs no permission; not even a Deny stops it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const getCallerIdentity: QueryOperation = ({ caller: { principal } }) => ({
  result: { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId },
})
