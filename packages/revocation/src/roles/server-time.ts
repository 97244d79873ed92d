import type { IAMClient } from '@aws-sdk/client-iam'

/**
 * Milliseconds that the time by an answer's date may be behind: dates leave out up to a second, and an answer is on its way for two at
 * most. What was issued until now must not be missed.
 */
export const clockError = 3000

/**
 * The time by AWS's clock, from the date of IAM's last answer. Sessions are dated by AWS too, and the machine that revokes may be
 * minutes off.
 *
 * @returns milliseconds since the epoch, never ahead and up to a second and the answer's way behind; this machine's clock until
 *   IAM has answered for the first time
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
