import { request } from 'node:https'
import { parseJson } from '@topic-credentials/grants'
import { type CheckReport, reportRequest } from '../on-demand-report.js'
import { signedHeaders } from '../stack/signing.js'
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
export async function callCheck(target: Target): Promise<CheckReport> {
  const { endpoint, functionName, region, ca } = target
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, endpoint)
  const post = { url, contentType: 'application/json', body: JSON.stringify(reportRequest) }
  const headers = {
    ...(await signedHeaders(post, await target.keys(), 'lambda', region)),
    'content-type': post.contentType,
  }
  const { status, body, functionError } = await send(url, { headers, ca, body: post.body }).catch((error: Error) => {
    throw notCalled(functionName, error.message, 'Check the network connection and run the command again.')
  })
  if (status !== 200) {
    const remedy = 'Your identity needs lambda:InvokeFunction on this function.'
    throw notCalled(functionName, `HTTP ${status} ${body}`.trim(), remedy)
  }
  if (functionError) throw notCalled(functionName, body, 'See its log: docs/runbook.md#deploy-check.')
  const answer = parseJson(body)
  if (isReport(answer)) return answer
  throw notCalled(
    functionName,
    `it returned ${body}`,
    'Deploy the stack again: its deploy check is from an older release.',
  )
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly functionError: boolean
}

function send(
  url: URL,
  { headers, ca, body }: { headers: Record<string, string>; ca: string | undefined; body: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, timeout, ...(ca === undefined ? {} : { ca }) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const functionError = response.headers['x-amz-function-error'] !== undefined
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), functionError })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout / 1000} seconds`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

function isReport(value: unknown): value is CheckReport {
  const { passed, lines } = Object(value) as Partial<Record<keyof CheckReport, unknown>>
  return typeof passed === 'boolean' && Array.isArray(lines) && lines.every((line) => typeof line === 'string')
}

function notCalled(value: string, reason: string, remedy: string): CheckCommandError {
  return new CheckCommandError('not_called', `The deploy check ${value} did not run: ${reason}`, { value, remedy })
}
