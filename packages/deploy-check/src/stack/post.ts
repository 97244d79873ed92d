import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '../trials/outcome.js'
import type { Post } from './signing.js'

/** The result of a POST request. */
export interface Response {
  /** 0 if there was no response; `text` then contains the reason. */
  readonly status: number
  readonly text: string
}

/** 429 for the limits of the API; 503, which API Gateway also returns if the function has reached its concurrency. */
const throttling: ReadonlySet<number> = new Set([429, 503])

/** Sends a request, and repeats it while it is throttled, so that a stack with low limits does not fail the check. */
export async function send(post: Post, headers: () => Promise<Record<string, string>>, tries = 10): Promise<Response> {
  const response = await sendOnce(post, await headers())
  if (!throttling.has(response.status) || tries === 0) return response
  await sleep(500)
  return send(post, headers, tries - 1)
}

async function sendOnce({ url, contentType, body }: Post, headers: Record<string, string>): Promise<Response> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    return { status: 0, text: reasonOf(error) }
  }
}
