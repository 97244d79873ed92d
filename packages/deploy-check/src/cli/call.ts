import { signedCalls } from '@topic-credentials/access'
import { parseJson } from '@topic-credentials/grants'
import { type CheckReport, reportRequest } from '../on-demand-report.js'
import { CheckCommandError } from './errors.js'
import type { Target } from './target.js'

/** Milliseconds. The function takes at most two minutes plus a cold start. */
const timeout = 150_000

/**
 * Invokes the check's function and returns its report.
 *
 * @throws CheckCommandError `not_called`
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function callCheck({ functionName, keys: credentials, ...service }: Target): Promise<CheckReport> {
  const call = signedCalls({ ...service, service: 'lambda', credentials })
  const signal = AbortSignal.timeout(timeout)
  const { status, headers, body } = await call({
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(reportRequest),
    longestAnswer: 1024 * 1024,
    signal,
  }).catch((error: Error) => {
    const reason = signal.aborted ? `no response within ${timeout / 1000} seconds` : error.message
    throw notCalled(functionName, reason, 'Check the network connection and run the command again.')
  })
  if (status !== 200) {
    const remedy = 'Your identity needs lambda:InvokeFunction on this function.'
    throw notCalled(functionName, `HTTP ${status} ${body}`.trim(), remedy)
  }
  if (headers['x-amz-function-error'] !== undefined) {
    throw notCalled(functionName, body, 'See its log: docs/runbook.md#deploy-check.')
  }
  const answer = parseJson(body)
  if (isReport(answer)) return answer
  throw notCalled(
    functionName,
    `it returned ${body}`,
    'Deploy the stack again: its deploy check is from an older release.',
  )
}

function isReport(value: unknown): value is CheckReport {
  const { passed, lines } = Object(value) as Partial<Record<keyof CheckReport, unknown>>
  return typeof passed === 'boolean' && Array.isArray(lines) && lines.every((line) => typeof line === 'string')
}

function notCalled(value: string, reason: string, remedy: string): CheckCommandError {
  return new CheckCommandError('not_called', `The deploy check ${value} did not run: ${reason}`, { value, remedy })
}
