import type { IAMClient } from '@aws-sdk/client-iam'

/**
 * Milliseconds by which the time from a response's date can lag: dates omit up to a second, and a response takes at most two. Added to the
 * time of a sign-out, so that it covers every session issued until now.
 */
export const clockError = 3000

/**
 * AWS's time, from the date of IAM's last response. The issue times of sessions are also AWS's, and the clock of the operator's machine can
 * be wrong by minutes.
 *
 * @returns milliseconds since the epoch, never ahead and at most a second plus the response's latency behind; the local clock before the
 *   first response of IAM
 */
export function serverTime(iam: IAMClient): () => number {
  let offset = 0
  iam.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input)
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> }
      const date = Date.parse(headers?.date ?? '')
      if (!Number.isNaN(date)) offset = date - Date.now()
      return answer
    },
    { step: 'deserialize' },
  )
  return () => Date.now() + offset
}
