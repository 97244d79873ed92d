import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Announcement } from './announcement.js'

/** What a stand-in proves a user with. */
export type SignedInUser =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'credentials'
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken: string
      /** ISO 8601. */
      readonly expiration: string
    }

/** Why a stand-in signs a user in as asked for, or not. */
export class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError'
  /** The stand-in's own: `claims_need_tokens`, `foreign_issuer`, … */
  readonly code: string
  readonly value: string
  readonly remedy: string

  constructor(message: string, { code, value, remedy }: { code: string; value: string; remedy: string }) {
    super(message)
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}

const answerMilliseconds = 10_000

/**
 * Signs anybody in to what is deployed in a running stand-in: a token with these claims, or keys of an IAM user.
 *
 * @throws SignInRefusedError; the system's error when the stand-in has ended
 * @example await signInAt(running, { user: 'alice', claims: { groups: ['operators'] } })
 */
export async function signInAt(
  { endpoints, ca, signInSecret }: Announcement,
  user: { readonly user: string; readonly claims: Readonly<Record<string, unknown>> },
): Promise<SignedInUser> {
  if (signInSecret === undefined) {
    throw new SignInRefusedError('The stand-in that runs is of an older version, and signs nobody in', {
      code: 'older_version',
      value: user.user,
      remedy: 'End it and start it again.',
    })
  }
  const { status, body } = await post(`${endpoints.endpoint}/_local/sign-in`, ca, signInSecret, user)
  const answer = JSON.parse(body) as SignedInUser & { code?: string; message?: string; remedy?: string }
  if (status === 200) return answer
  const { code = 'refused', message = `it answered ${status}`, remedy = 'Start the stand-in again.' } = answer
  throw new SignInRefusedError(message, { code, value: user.user, remedy })
}

function post(url: string, ca: string, secret: string, body: object): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(answerMilliseconds)
    const sending = request(url, { method: 'POST', ca, agent: false, headers, signal }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
    })
    sending.on('error', reject)
    sending.end(JSON.stringify(body))
  })
}
