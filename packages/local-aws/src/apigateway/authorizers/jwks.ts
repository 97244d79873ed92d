import { get } from 'node:https'
import { rootCertificates } from 'node:tls'
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { OpenIdKeys } from '../../iam/index.js'

/** API Gateway's limits for fetching an issuer's keys. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const fetchMilliseconds = 1_500
const largestAnswer = 150_000
/** "API Gateway can cache the public key for two hours." */
const cacheMilliseconds = 2 * 60 * 60 * 1000
/** An unknown key ID triggers another fetch, but not for every forged token. */
const refetchMilliseconds = 5_000

/** The public keys of an OpenID Connect issuer: located through its discovery document, fetched on demand, cached. */
export class IssuerKeys implements OpenIdKeys {
  readonly #issuer: string
  readonly #trust: string | undefined
  #keys: { readonly set: JWTVerifyGetKey; readonly ids: ReadonlySet<string>; readonly at: number } | undefined

  /** @param trust Further certificate authorities as PEM, for an issuer on this machine. */
  constructor(issuer: string, trust?: string) {
    this.#issuer = issuer
    this.#trust = trust
  }

  /** Candidate keys for a token with this key ID. Rejects if the issuer is not reachable or returns no keys. */
  async forKeyId(keyId: string): Promise<JWTVerifyGetKey> {
    const age = this.#keys === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.#keys.at
    if (this.#keys !== undefined && age < cacheMilliseconds) {
      if (this.#keys.ids.has(keyId) || age < refetchMilliseconds) return this.#keys.set
    }
    const discovery = await this.#fetch(`${this.#issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`)
    if (typeof discovery.jwks_uri !== 'string') {
      throw new Error(`The discovery document of ${this.#issuer} has no jwks_uri`)
    }
    const jwks = (await this.#fetch(discovery.jwks_uri)) as unknown as JSONWebKeySet
    const set = createLocalJWKSet(jwks)
    const ids = new Set(jwks.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid])))
    this.#keys = { set, ids, at: performance.now() }
    return set
  }

  #fetch(url: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(fetchMilliseconds)
      // Without further authorities, Node.js's own list is used, including NODE_EXTRA_CA_CERTS.
      const ca = this.#trust === undefined ? {} : { ca: [...rootCertificates, this.#trust] }
      const request = get(url, { ...ca, agent: false, signal }, async (response) => {
        try {
          if (response.statusCode !== 200) throw new Error(`${url} responded with ${response.statusCode}`)
          let text = ''
          for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
            text += chunk
            if (text.length > largestAnswer) {
              throw new Error(`the response of ${url} is longer than ${largestAnswer} bytes`)
            }
          }
          resolve(JSON.parse(text) as Record<string, unknown>)
        } catch (error) {
          response.destroy()
          reject(error)
        }
      })
      request.on('error', reject)
    })
  }
}
