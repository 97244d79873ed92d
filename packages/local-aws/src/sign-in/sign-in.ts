import { randomBytes } from 'node:crypto'
import type { SignedInUser as SignedIn, SignInRequest } from '@topic-credentials/project'
import { developerPolicy } from '../account/users.js'
import type { HttpApi, JwtAuthorizer } from '../apigateway/index.js'
import type { Clock } from '../clock.js'
import type { Directory } from '../iam/index.js'
import { LocalIssuer } from './issuer.js'
import { localAudience, localIssuer, tokenSeconds } from './names.js'
import { SignInError } from './sign-in-error.js'

/** The callers of the deployed API: IAM's, holders of tokens of the stand-in's own issuer, or of another issuer. */
export type Callers = 'iam' | 'jwt' | 'foreign' | 'none'

interface SignInSettings {
  readonly directory: Directory
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  /** The first HTTP API; undefined while none is deployed. */
  api(): HttpApi | undefined
}

const deployForTokens = `npm run deploy:local -- -c jwtIssuer=${localIssuer} -c jwtAudience=${localAudience}`

/** Signs users in to the deployed API. */
export class SignIn {
  readonly issuer: LocalIssuer
  /** The secret with which other processes of this user sign users in. */
  readonly secret = randomBytes(24).toString('base64url')
  readonly #settings: SignInSettings

  constructor(settings: SignInSettings) {
    this.#settings = settings
    this.issuer = new LocalIssuer(settings.clock)
  }

  /** By the authorizers of the API's routes. */
  get callers(): Callers {
    if (this.#settings.api() === undefined) return 'none'
    const [first] = this.#authorizers
    if (first === undefined) return 'iam'
    return this.#ownAuthorizer === undefined ? 'foreign' : 'jwt'
  }

  /** `aud` of the issuer's tokens. */
  get audience(): string {
    return this.#ownAuthorizer?.audience[0] ?? localAudience
  }

  /**
   * A token of the stand-in's own issuer with any claims, or keys of an IAM user, which is created if it does not exist.
   *
   * @throws SignInError
   */
  async signIn({ user, claims = {} }: SignInRequest): Promise<SignedIn> {
    const { callers } = this
    if (callers === 'none') {
      const remedy = 'Deploy first: npm run deploy:local.'
      throw new SignInError('No stack with an API is deployed', { code: 'no_callers', value: user, remedy })
    }
    if (callers === 'foreign') throw this.#foreignIssuer()
    if (callers === 'iam') return this.#credentials(user, claims)
    return { kind: 'token', token: await this.issuer.token({ user, claims, audience: this.audience }) }
  }

  get #authorizers(): readonly JwtAuthorizer[] {
    const { routes = [] } = this.#settings.api() ?? {}
    return routes.flatMap(({ authorization }) => (authorization.type === 'JWT' ? [authorization.authorizer] : []))
  }

  get #ownAuthorizer(): JwtAuthorizer | undefined {
    return this.#authorizers.find(({ issuer }) => issuer === localIssuer)
  }

  #credentials(user: string, claims: Readonly<Record<string, unknown>>): SignedIn {
    const [claim] = Object.keys(claims)
    if (claim !== undefined) {
      throw new SignInError(`'${user}' cannot have the claim '${claim}': the callers of this stack are IAM users`, {
        code: 'claims_need_tokens',
        value: claim,
        remedy: `Deploy it for tokens: ${deployForTokens}. Without a stand-in, npm start -- --as USER --groups NAMES starts one that accepts them.`,
      })
    }
    const { directory } = this.#settings
    if (directory.userKey(user) === undefined) this.#createUser(user)
    const {
      accessKeyId,
      secretAccessKey,
      sessionToken = '',
      expiresAt = 0,
    } = directory.addUserSession(user, tokenSeconds)
    const expiration = new Date(expiresAt).toISOString()
    return { kind: 'credentials', accessKeyId, secretAccessKey, sessionToken, expiration }
  }

  #createUser(user: string): void {
    if (!/^[\w+=,.@-]{1,64}$/u.test(user)) {
      const remedy = 'Use 1 to 64 letters, digits and + = , . @ _ -.'
      throw new SignInError(`'${user}' cannot be the name of an IAM user`, {
        code: 'invalid_user',
        value: user,
        remedy,
      })
    }
    this.#settings.directory.createUser(user, { permissions: developerPolicy(this.#settings) })
  }

  #foreignIssuer(): SignInError {
    const [{ issuer } = { issuer: '' }] = this.#authorizers
    return new SignInError(`This stack accepts only tokens of ${issuer}`, {
      code: 'foreign_issuer',
      value: issuer,
      remedy: `Sign in there and pass the token with --token-file, or deploy for the stand-in's own issuer: ${deployForTokens}.`,
    })
  }
}
