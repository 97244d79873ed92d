import {
  GrantError,
  type Problem,
  type ProblemCode,
  type ProblemExtras,
  problem,
  problems,
  RequestError,
} from '@topic-credentials/grants'
import { VendError } from './errors.js'

/** What the caller is told, and what only the log is told. */
export interface Refusal {
  readonly problem: Problem
  readonly reason: string
}

/** Any failure as a problem document. What was not foreseen says nothing of itself to the caller. */
export function refusalFor(error: unknown, requestId: string): Refusal {
  const refuse = (code: ProblemCode, message: string, extras: ProblemExtras, reason = message): Refusal => ({
    problem: problem(code, message, { ...extras, requestId }),
    reason,
  })
  if (error instanceof VendError) {
    return refuse(error.code, error.message, error.extras, error.cause === undefined ? undefined : String(error.cause))
  }
  if (error instanceof RequestError && isProblemCode(error.code)) {
    return refuse(error.code, error.message, { remedy: error.remedy })
  }
  if (error instanceof GrantError) {
    const { code, message, remedy, grants, suggestion } = error
    return refuse(code, message, { remedy, grants, ...(suggestion === undefined ? {} : { suggestion }) })
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return refuse('internal', 'Nothing was vended.', { remedy: 'Tell the operator the request ID.' }, reason)
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}
