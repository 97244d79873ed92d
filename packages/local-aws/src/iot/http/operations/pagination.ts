import { ApiError } from '../api-error.js'

/** Items of one page at most, in every list of the API. */
const largestPage = 200

/**
 * The part of a list that `maxResults` and `nextToken` ask for.
 * @param usual Items of a page when `maxResults` is not given.
 * @throws ApiError
 */
export function paginate<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  usual: number,
): { page: readonly Item[]; nextToken: { nextToken?: string } } {
  const asked = query.get('maxResults') ?? String(usual)
  if (!/^\d{1,9}$/u.test(asked) || Number(asked) < 1 || Number(asked) > largestPage) {
    throw ApiError.invalid(`maxResults is a number from 1 to ${largestPage}, not '${asked}'`)
  }
  const from = Number(Buffer.from(query.get('nextToken') ?? '', 'base64url').toString() || '0')
  if (!Number.isSafeInteger(from) || from < 0) throw ApiError.invalid('nextToken is not one that was given out here')
  const to = from + Number(asked)
  const nextToken = to < all.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {}
  return { page: all.slice(from, to), nextToken }
}
