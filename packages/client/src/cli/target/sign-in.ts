import { type SignedInUser, SignInRefusedError, signInAt } from '@topic-credentials/project'
import { TopicCredentialsError } from '../../errors.js'
import type { SharedOptions } from '../options.js'
import type { StandIn } from './stand-in.js'
import type { Target } from './target.js'

/** The user that `--as`, `--groups` and `--claims` describe. */
export interface UserOfStandIn {
  readonly user: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** @throws TopicCredentialsError `invalid_argument` for claims without a user */
export function userIn({ as: user, groups, claims }: SharedOptions): UserOfStandIn | undefined {
  if (user !== undefined) return { user, claims: { ...claims, ...(groups === undefined ? {} : { groups }) } }
  if (groups === undefined && claims === undefined) return undefined
  throw new TopicCredentialsError('Claims need a user, and none is named', {
    code: 'invalid_argument',
    value: JSON.stringify(groups ?? claims),
    remedy: 'Name one: --as alice.',
  })
}

/**
 * The stand-in as the target of this user, who is signed in again for each request. The first sign-in is immediate, so that an invalid
 * user fails before credentials are requested.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export async function signedInTo(standIn: StandIn, user: UserOfStandIn): Promise<Target> {
  const { announcement, ...target } = standIn
  const ask = () => signIn(announcement, user)
  const { kind } = await ask()
  const description = `${target.description}, as ${named(user)}`
  if (kind === 'token') return { ...target, description, token: async () => tokenOf(await ask()) }
  return { ...target, description, credentials: async () => credentialsOf(await ask()) }
}

async function signIn(announcement: StandIn['announcement'], user: UserOfStandIn): Promise<SignedInUser> {
  try {
    return await signInAt(announcement, user)
  } catch (error) {
    if (!(error instanceof SignInRefusedError)) throw error
    const { message, value, remedy } = error
    throw new TopicCredentialsError(message, { code: 'invalid_argument', value, remedy, cause: error })
  }
}

function tokenOf(signedIn: SignedInUser): string {
  if (signedIn.kind === 'token') return signedIn.token
  throw redeployed('no longer accepts tokens')
}

function credentialsOf(signedIn: SignedInUser) {
  if (signedIn.kind === 'credentials') return { ...signedIn, expiration: new Date(signedIn.expiration) }
  throw redeployed('now requires a token')
}

function redeployed(what: string): TopicCredentialsError {
  return new TopicCredentialsError(`The stack was deployed again and ${what}`, {
    code: 'credentials_not_found',
    remedy: 'Start the command again.',
  })
}

function named({ user, claims }: UserOfStandIn): string {
  const list = Object.entries(claims).map(([name, value]) => `${name} ${[value].flat().map(text).join(', ')}`)
  return list.length === 0 ? `'${user}'` : `'${user}' (${list.join('; ')})`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
