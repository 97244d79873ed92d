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

/** The problem for the caller, and the reason for the log. */
export interface Refusal {
  readonly problem: Problem
  readonly reason: string
}

/** Converts any failure to a problem document. An unexpected failure reveals no details to the caller. */
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
  return refuse('internal', 'Nothing was vended.', { remedy: 'Give the request ID to the operator.' }, reason)
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}
