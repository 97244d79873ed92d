import { randomUUID } from 'node:crypto'
import { parseJson, recordOf } from '@topic-credentials/project'

/**
 * The response that the function of a custom resource sends to the ResponseURL.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export interface CustomAnswer {
  readonly Status: 'SUCCESS' | 'FAILED'
  readonly Reason?: string
  readonly PhysicalResourceId?: string
  readonly Data?: Readonly<Record<string, unknown>>
}

/** Maximum length of a response, in bytes. Same source. */
const largestAnswer = 4_096

/** Pending responses. On AWS each has a presigned URL; here, each has an unguessable URL. */
export class CustomAnswers {
  readonly #awaited = new Map<string, (answer: CustomAnswer) => void>()
  readonly #origin: () => string

  /** @param origin `https://localhost:8447`, called when the first response is expected */
  constructor(origin: () => string) {
    this.#origin = origin
  }

  /** A URL for one response. `forget` stops waiting for it. */
  expect(): { readonly url: string; readonly answer: Promise<CustomAnswer>; forget(): void } {
    const token = randomUUID()
    const answer = new Promise<CustomAnswer>((resolve) => this.#awaited.set(token, resolve))
    const url = `${this.#origin()}${CustomAnswers.path}${token}`
    return { url, answer, forget: () => this.#awaited.delete(token) }
  }

  static readonly path = '/_local/custom-resource/'

  /** Accepts a response; returns the HTTP status. */
  take(token: string, body: Buffer): number {
    const resolve = this.#awaited.get(token)
    if (resolve === undefined) return 403
    this.#awaited.delete(token)
    resolve(readAnswer(body))
    return 200
  }
}

function readAnswer(body: Buffer): CustomAnswer {
  if (body.length > largestAnswer) return { Status: 'FAILED', Reason: 'Response object is too long.' }
  const answer = recordOf(parseJson(body.toString()))
  if (answer.Status === 'SUCCESS' || answer.Status === 'FAILED') return answer as CustomAnswer & typeof answer
  return { Status: 'FAILED', Reason: 'Invalid response object.' }
}
