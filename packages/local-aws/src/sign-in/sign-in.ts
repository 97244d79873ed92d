import type { SignedInUser as SignedIn, SignInRequest } from '@topic-credentials/project'
import { developerPolicy } from '../account/users.js'
import type { HttpApi, JwtAuthorizer } from '../apigateway/index.js'
import type { AccessKey, Directory } from '../iam/index.js'
import type { LocalIssuer } from './issuer.js'
import { localAudience, localIssuer, tokenSeconds } from './names.js'
import { SignInError } from './sign-in-error.js'

/** Whom the deployed API takes. */
export type Callers = 'iam' | 'jwt' | 'foreign' | 'none'

/** What signing in is done with. */
export interface SignInParts {
  readonly issuer: LocalIssuer
  readonly directory: Directory
  readonly accountId: string
  readonly region: string
  /** The first HTTP API, where one is deployed. */
  readonly api: HttpApi | undefined
}

/** Whom the deployed API takes, by the authorizers of its routes: tokens of the stand-in's own issuer, of another one, or IAM's callers. */
export function callersOf({ api }: Pick<SignInParts, 'api'>): Callers {
  if (api === undefined) return 'none'
  const authorizers = authorizersOf(api)
  if (authorizers.length === 0) return 'iam'
  return authorizers.some(({ issuer }) => issuer === localIssuer) ? 'jwt' : 'foreign'
}

/**
 * Signs in anybody, as what is deployed has its callers: a token of the stand-in's own issuer with any claims, or keys of an IAM user, who is
 * made where there is none.
 *
 * @throws SignInError
 */
export async function signIn(parts: SignInParts, { user, claims = {} }: SignInRequest): Promise<SignedIn> {
  const callers = callersOf(parts)
  if (callers === 'none') {
    throw new SignInError('Nothing is deployed that a user could sign in to', {
      code: 'no_callers',
      value: user,
      remedy: 'Deploy first: npm run deploy:local.',
    })
  }
  if (callers === 'foreign') throw foreignIssuer(parts)
  if (callers === 'iam') return credentialsOf(parts, user, claims)
  return { kind: 'token', token: await parts.issuer.token({ user, claims, audience: audienceOf(parts) }) }
}

/** Whom the stand-in's tokens are for. */
export function audienceOf({ api }: Pick<SignInParts, 'api'>): string {
  const own = api && authorizersOf(api).find(({ issuer }) => issuer === localIssuer)
  return own?.audience[0] ?? localAudience
}

function authorizersOf({ routes }: HttpApi): readonly JwtAuthorizer[] {
  return routes.flatMap(({ authorization }) => (authorization.type === 'JWT' ? [authorization.authorizer] : []))
}

function credentialsOf(
  { directory, accountId, region }: SignInParts,
  user: string,
  claims: Readonly<Record<string, unknown>>,
): SignedIn {
  const [claim] = Object.keys(claims)
  if (claim !== undefined) {
    throw new SignInError(`'${user}' cannot have the claim '${claim}': the callers of this stack are IAM users`, {
      code: 'claims_need_tokens',
      value: claim,
      remedy: `Deploy it for tokens: npm run deploy:local -- -c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}. Without a stand-in, npm start -- --as USER --groups NAMES starts one that takes them.`,
    })
  }
  const permissions = developerPolicy({ accountId, region })
  if (directory.userKey(user) === undefined) create(directory, user, permissions)
  const key = directory.addUserSession(user, tokenSeconds)
  return {
    kind: 'credentials',
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    sessionToken: key.sessionToken ?? '',
    expiration: new Date(key.expiresAt ?? 0).toISOString(),
  }
}

function create(directory: Directory, user: string, permissions: object): AccessKey {
  if (!/^[\w+=,.@-]{1,64}$/u.test(user)) {
    throw new SignInError(`'${user}' cannot be the name of an IAM user`, {
      code: 'invalid_user',
      value: user,
      remedy: 'Use 1 to 64 letters, digits and + = , . @ _ -.',
    })
  }
  return directory.createUser(user, { permissions }).accessKey
}

function foreignIssuer({ api }: SignInParts): SignInError {
  const issuer = api && authorizersOf(api)[0]?.issuer
  return new SignInError(`This stack takes tokens of ${issuer}, and no others`, {
    code: 'foreign_issuer',
    value: issuer,
    remedy: `Sign in there and give the token with --token-file, or deploy for the stand-in's own issuer: npm run deploy:local -- -c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}.`,
  })
}
