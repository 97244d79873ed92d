import { ApiError } from '../api-error.js'

/** Maximum number of items per page, in every list of the API. */
const largestPage = 200

/**
 * The page of a list for `maxResults` and `nextToken`.
 * @param usual Number of items per page if `maxResults` is absent.
 * @throws ApiError
 */
export function paginate<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  usual: number,
): { page: readonly Item[]; nextToken: { nextToken?: string } } {
  const asked = query.get('maxResults') ?? String(usual)
  if (!/^\d{1,9}$/u.test(asked) || Number(asked) < 1 || Number(asked) > largestPage) {
    throw ApiError.invalid(`maxResults must be a number from 1 to ${largestPage}, not '${asked}'`)
  }
  const from = Number(Buffer.from(query.get('nextToken') ?? '', 'base64url').toString() || '0')
  if (!Number.isSafeInteger(from) || from < 0) throw ApiError.invalid('nextToken was not issued by this API')
  const to = from + Number(asked)
  const nextToken = to < all.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {}
  return { page: all.slice(from, to), nextToken }
}
