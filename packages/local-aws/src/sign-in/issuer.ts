import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose'
import type { Clock } from '../clock.js'
import { localIssuer, tokenSeconds } from './names.js'
import { SignInError } from './sign-in-error.js'

/** What the issuer says of itself, and nobody else. */
const reserved = ['iss', 'sub', 'iat', 'exp', 'jti'] as const

/** Whom a token is about. */
export interface TokenSubject {
  readonly user: string
  readonly claims: Readonly<Record<string, unknown>>
  /** `aud`, unless the claims have one. */
  readonly audience: string
}

interface Signing {
  readonly privateKey: Parameters<SignJWT['sign']>[0]
  readonly jwk: JWK
  readonly set: JWTVerifyGetKey
}

/** An issuer of OpenID Connect tokens that vouches for anybody. Its key is made when it is first needed, and never written down. */
export class LocalIssuer {
  readonly #clock: Clock
  #signing: Promise<Signing> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Its public keys, as RFC 7517 has them. */
  async keys(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: [(await this.#key()).jwk] }
  }

  /** The same for who verifies a token of this process. */
  async forKeyId(): Promise<JWTVerifyGetKey> {
    return (await this.#key()).set
  }

  /**
   * A signed token for {@link tokenSeconds}.
   *
   * @throws SignInError `invalid_user`, `reserved_claim`
   */
  async token({ user, claims, audience }: TokenSubject): Promise<string> {
    if (user === '') {
      throw new SignInError('A token needs a user', { code: 'invalid_user', value: user, remedy: 'Name one.' })
    }
    const taken = reserved.find((name) => name in claims)
    if (taken !== undefined) {
      throw new SignInError(`The claim '${taken}' is the issuer's own`, {
        code: 'reserved_claim',
        value: taken,
        remedy: `Leave ${reserved.join(', ')} out; the user is the token's sub.`,
      })
    }
    const { privateKey, jwk } = await this.#key()
    const now = Math.floor(this.#clock.now() / 1000)
    const own = { iss: localIssuer, sub: user, iat: now, exp: now + tokenSeconds, jti: randomUUID() }
    return new SignJWT({ aud: audience, ...claims, ...own })
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid ?? '', typ: 'JWT' })
      .sign(privateKey)
  }

  #key(): Promise<Signing> {
    this.#signing ??= makeKey()
    return this.#signing
  }
}

async function makeKey(): Promise<Signing> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' }
  return { privateKey, jwk, set: createLocalJWKSet({ keys: [jwk] }) }
}
