import { messageOf } from '@topic-credentials/project'
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../../clock.js'
import type { OpenIdKeys } from '../../iam/index.js'
import { type ApiRequest, header } from '../messages/request.js'
import type { Authorization } from './authorization.js'
import { IssuerKeys } from './jwks.js'

/** `AWS::ApiGatewayV2::Authorizer` of type JWT. */
export interface JwtAuthorizerSettings {
  /** `https://…`, identical to the token's `iss`. */
  readonly issuer: string
  readonly audience: readonly string[]
  /** `$request.header.Name` or `$request.querystring.name`. */
  readonly identitySource: string
}

/**
 * Verifies a bearer token like HTTP APIs: RSA signature with a key of the issuer, `iss`, `aud` (or `client_id` if there is no `aud`),
 * `exp`, `nbf`, `iat`, and one of the route's scopes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export class JwtAuthorizer {
  readonly #settings: JwtAuthorizerSettings
  readonly #clock: Clock
  readonly #keys: OpenIdKeys
  readonly #source: { readonly kind: string; readonly name: string }

  /** @param keys the source of the issuer's keys; default: the issuer's URL, with `trust` as a further certificate authority */
  constructor(
    settings: JwtAuthorizerSettings,
    clock: Clock,
    trust?: string,
    keys: OpenIdKeys = new IssuerKeys(settings.issuer, trust),
  ) {
    const { issuer, audience, identitySource } = settings
    if (!/^https:\/\/\S+$/u.test(issuer)) throw new Error(`Invalid issuer: ${issuer}. Issuer must be an HTTPS URL`)
    if (audience.length === 0) throw new Error('A JWT authorizer needs at least one audience')
    const [, kind = '', name = ''] = /^\$request\.(header|querystring)\.([\w-]+)$/u.exec(identitySource) ?? []
    if (kind === '') throw new Error(`Invalid identity source: ${identitySource}`)
    this.#settings = settings
    this.#clock = clock
    this.#keys = keys
    this.#source = { kind, name }
  }

  get issuer(): string {
    return this.#settings.issuer
  }

  get audience(): readonly string[] {
    return this.#settings.audience
  }

  async authorize(request: ApiRequest, scopes: readonly string[]): Promise<Authorization> {
    const token = this.#token(request)
    if (token === undefined || token === '') return refuse(401, 'Bearer', 'no token')
    let claims: JWTPayload
    try {
      claims = await this.#verify(token)
    } catch (error) {
      const reason = messageOf(error)
      const quoted = reason.replaceAll(/[^ !#-[\]-~]/gu, "'")
      const challenge = `Bearer scope="${scopes.join(' ')}" error="invalid_token" error_description="${quoted}"`
      return refuse(401, challenge, reason)
    }
    const principal = `${claims.iss}#${claims.sub}`
    const held = [...scopeList(claims.scope), ...scopeList(claims.scp)]
    if (scopes.length > 0 && !scopes.some((scope) => held.includes(scope))) {
      const challenge = `Bearer scope="${scopes.join(' ')}" error="insufficient_scope"`
      return { ...refuse(403, challenge, `the token has none of the scopes ${scopes.join(' ')}`), principal }
    }
    // All scopes of the token, and only if the route requires some.
    const granted = scopes.length === 0 ? null : held
    return {
      allowed: true,
      principal,
      reason: 'the token is valid',
      context: { jwt: { claims: claimTexts(claims), scopes: granted } },
    }
  }

  #token(request: ApiRequest): string | undefined {
    const { kind, name } = this.#source
    const value = kind === 'header' ? header(request, name.toLowerCase()) : new URLSearchParams(request.query).get(name)
    return value?.replace(/^Bearer /iu, '')
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { kid } = decodeProtectedHeader(token)
    if (kid === undefined) throw new Error('the token has no key ID')
    const { payload } = await jwtVerify(token, await this.#keys.forKeyId(kid), {
      algorithms: ['RS256', 'RS384', 'RS512'],
      currentDate: new Date(this.#clock.now()),
      issuer: this.#settings.issuer,
      requiredClaims: ['exp'],
    })
    if (typeof payload.iat === 'number' && payload.iat * 1000 > this.#clock.now()) {
      throw new Error('the token was issued in the future')
    }
    const audiences = payload.aud === undefined ? [payload.client_id] : [payload.aud].flat()
    if (!audiences.some((one) => typeof one === 'string' && this.#settings.audience.includes(one))) {
      throw new Error('the token does not have a valid audience')
    }
    return payload
  }
}

function refuse(status: 401 | 403, challenge: string, reason: string): Authorization & { allowed: false } {
  return { allowed: false, status, headers: { 'www-authenticate': challenge }, reason }
}

/** A list for some issuers and a string for others. */
function scopeList(scopes: unknown): readonly string[] {
  const list = Array.isArray(scopes) ? scopes.map(String) : String(scopes ?? '').split(' ')
  return list.filter((scope) => scope !== '')
}

/**
 * Claims are passed to the function as strings only: a list as `[a b]`, whatever its members contain; an object as JSON; a null is omitted.
 * Recorded from real HTTP APIs: github.com/floci-io/floci/pull/2011, github.com/DefinitelyTyped/DefinitelyTyped/pull/75458.
 * Not recorded, and so a guess: list members other than strings, fractions, numbers from 2^53.
 */
function claimTexts(claims: JWTPayload): Readonly<Record<string, string>> {
  const present = Object.entries(claims).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [name, claimText(value)]))
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
