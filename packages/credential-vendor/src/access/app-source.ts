import type { SignedAnswer, SignedRequest } from '@topic-credentials/access'
import { VendError } from '../errors.js'
import { type AppQuestion, readAppAnswer } from './app-answer.js'
import type { AccessSource } from './source.js'

export interface AppFunctionOptions {
  /** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with an alias or a version where there is one. */
  readonly functionArn: string
  /** Posts to Lambda, signed. */
  readonly call: (request: SignedRequest) => Promise<SignedAnswer>
  /** Milliseconds until an answer is there. */
  readonly timeoutMs: number
}

/** Bytes of the answer: three lists of long filters fit many times over. */
const longestAnswer = 256 * 1024

/**
 * The app's own function as a source: it is asked at each vend who the caller is, and answers what the caller may have besides. It takes
 * nothing away. One that is slow, fails, or answers anything else is no answer, and nothing is vended.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function appSource({ functionArn, call, timeoutMs }: AppFunctionOptions): AccessSource {
  const name = functionArn.split(':').slice(6).join(':')
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`
  return async ({ userId, prover, provenBy, claims }, abortSignal) => {
    const question: AppQuestion = { version: 1, userId, prover, provenBy, claims }
    const deadline = AbortSignal.timeout(timeoutMs)
    const { status, headers, body } = await call({
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      longestAnswer,
      signal: abortSignal === undefined ? deadline : AbortSignal.any([abortSignal, deadline]),
    }).catch((cause: unknown) => {
      throw unavailable(2, cause)
    })
    if (status === 429) throw unavailable(5, new Error(`Lambda answered 429 ${body}`))
    if (status >= 500) throw unavailable(2, new Error(`Lambda answered ${status} ${body}`))
    if (status !== 200) throw unusable(new Error(`Lambda answered ${status} ${body}`))
    // Its own errors come with status 200.
    if (headers['x-amz-function-error'] !== undefined) throw unavailable(2, new Error(`It failed: ${body}`))
    try {
      const { rule, seconds } = readAppAnswer(body)
      return { rules: [rule], longestSeconds: seconds }
    } catch (cause) {
      throw unusable(cause)
    }
  }
}

/** As much of the function's own words as is worth a line of the log. */
const longestReason = 1_000

function unavailable(seconds: number, cause: unknown): VendError {
  return new VendError('access_unavailable', 'The function that grants access does not answer for now.', {
    remedy: `Retry after ${seconds} s, with increasing delays.`,
    retryAfterSeconds: seconds,
    cause: `the app's function: ${String(cause)}`.slice(0, longestReason),
  })
}

function unusable(cause: unknown): VendError {
  return new VendError('access_unusable', 'The function that grants access did not answer as it has to.', {
    remedy: 'Tell the operator the request ID: the log says what is wrong.',
    cause: `the app's function: ${String(cause)}`.slice(0, longestReason),
  })
}
