import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose'
import type { Clock } from '../clock.js'
import { localIssuer, tokenSeconds } from './names.js'
import { SignInError } from './sign-in-error.js'

/** Claims that the issuer sets itself. */
const reserved = ['iss', 'sub', 'iat', 'exp', 'jti'] as const

/** The content of a token. */
interface TokenSubject {
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

/** An issuer of OpenID Connect tokens for any user. Its key is created for the first token, and never stored. */
export class LocalIssuer {
  readonly #clock: Clock
  #signing: Promise<Signing> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Its public keys (RFC 7517). */
  async keys(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: [(await this.#key()).jwk] }
  }

  /** The same, to verify a token in this process. */
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
      throw new SignInError('The user is empty', { code: 'invalid_user', value: user, remedy: 'Pass a user.' })
    }
    const taken = reserved.find((name) => name in claims)
    if (taken !== undefined) {
      throw new SignInError(`The issuer itself sets the claim '${taken}'`, {
        code: 'reserved_claim',
        value: taken,
        remedy: `Omit ${reserved.join(', ')}; the user is the token's sub.`,
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
