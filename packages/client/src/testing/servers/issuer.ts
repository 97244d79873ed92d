import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/** An OpenID Connect issuer on this machine: it publishes its keys, and signs any claims. */
export class Issuer implements AsyncDisposable {
  /** `iss` of its tokens. */
  readonly url: string
  /** PEM of the certificate that its clients have to trust. */
  readonly certificate: string
  readonly #server: Server
  readonly #key: KeyObject

  private constructor(server: Server, certificate: string, key: KeyObject) {
    this.url = `https://localhost:${(server.address() as AddressInfo).port}`
    this.certificate = certificate
    this.#server = server
    this.#key = key
  }

  static async start(): Promise<Issuer> {
    const altNames = [{ type: 2 as const, value: 'localhost' }]
    const tls = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames }],
    })
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }
    const server = createServer({ key: tls.private, cert: tls.cert }, ({ url }, response) => {
      const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
      const answer = url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` }
      response.end(JSON.stringify(answer))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return new Issuer(server, tls.cert, privateKey)
  }

  /** A token with these claims. `header` and `key` replace those of the issuer. */
  token(claims: object, { header = {}, key = this.#key }: { header?: object; key?: KeyObject } = {}): string {
    const parts = [{ alg: 'RS256', kid: 'one', typ: 'JWT', ...header }, claims]
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}

/** The key of an untrusted issuer. */
export function foreignKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
}
