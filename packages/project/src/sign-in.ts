import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Announcement } from './announcement.js'

/** The token or the credentials of a user that the stand-in has signed in. */
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

/** The user to sign in. */
export interface SignInRequest {
  readonly user: string
  /** In addition to the issuer's own. Only tokens have claims. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** The stand-in did not sign the user in. */
export class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError'
  /** The code of the stand-in's response: `claims_need_tokens`, `foreign_issuer`, … */
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
 * Signs a user in to the stack in a running stand-in: with a token with these claims, or with keys of an IAM user.
 *
 * @throws SignInRefusedError; the system's error if the stand-in has ended
 * @example await signInAt(running, { user: 'alice', claims: { groups: ['operators'] } })
 */
export async function signInAt(
  { endpoints, ca, signInSecret }: Announcement,
  user: SignInRequest,
): Promise<SignedInUser> {
  if (signInSecret === undefined) {
    throw new SignInRefusedError('The running stand-in is of an older version, which cannot sign users in', {
      code: 'older_version',
      value: user.user,
      remedy: 'Stop it and start it again.',
    })
  }
  const { status, body } = await post(`${endpoints.endpoint}/_local/sign-in`, ca, signInSecret, user)
  const answer = JSON.parse(body) as SignedInUser & { code?: string; message?: string; remedy?: string }
  if (status === 200) return answer
  const {
    code = 'refused',
    message = `The stand-in responded with status ${status}`,
    remedy = 'Start the stand-in again.',
  } = answer
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
