import type { SignedAnswer, SignedRequest } from '@topic-credentials/access'
import { VendError } from '../errors.js'
import { type AppQuestion, readAppAnswer } from './app-answer.js'
import type { AccessSource } from './source.js'

export interface AppFunctionOptions {
  /** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, optionally with an alias or a version. */
  readonly functionArn: string
  /** Sends a signed POST request to Lambda. */
  readonly call: (request: SignedRequest) => Promise<SignedAnswer>
  /** Milliseconds until the call is aborted. */
  readonly timeoutMs: number
}

/** Maximum size of the response in bytes, many times the size of three full lists. */
const longestAnswer = 256 * 1024

/**
 * The app's own function as a source: it gets the verified caller at each vend and returns additional grants. It cannot remove grants. If it
 * fails, times out or returns anything else, nothing is vended.
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
    const responded = new Error(`Lambda responded with ${status} ${body}`)
    if (status === 429 || status >= 500) throw unavailable(status === 429 ? 5 : 2, responded)
    if (status !== 200) throw unusable(responded)
    // Lambda reports an error of the function with status 200.
    if (headers['x-amz-function-error'] !== undefined) throw unavailable(2, new Error(`the function failed: ${body}`))
    try {
      const { rule, seconds } = readAppAnswer(body)
      return { rules: [rule], longestSeconds: seconds }
    } catch (cause) {
      throw unusable(cause)
    }
  }
}

/** Maximum length of the reason in the log, which contains the function's own message. */
const longestReason = 1_000

function unavailable(seconds: number, cause: unknown): VendError {
  return new VendError('access_unavailable', 'The function that grants access is not available at the moment.', {
    remedy: `Retry after ${seconds} s, with increasing delays.`,
    retryAfterSeconds: seconds,
    cause: `the app's function: ${String(cause)}`.slice(0, longestReason),
  })
}

function unusable(cause: unknown): VendError {
  return new VendError('access_unusable', 'The function that grants access returned an invalid response.', {
    remedy: 'Give the request ID to the operator; the log of the vending function has the reason.',
    cause: `the app's function: ${String(cause)}`.slice(0, longestReason),
  })
}
