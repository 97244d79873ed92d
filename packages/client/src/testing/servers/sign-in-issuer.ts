import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Issuer } from './issuer.js'

/** Seconds. */
const tokenLifetime = 300

/**
 * An OpenID Connect issuer with a sign-in page, like that of a Cognito user pool: authorization code with PKCE, refresh tokens, access
 * tokens with `client_id`. Any name is accepted. The page is plain HTTP on this machine; keys are served over TLS.
 */
export class SignInIssuer implements AsyncDisposable {
  readonly issuer: Issuer
  readonly origin: string
  /** Number of access tokens issued so far. */
  tokens = 0
  readonly #server: Server
  /** The users of authorization codes and refresh tokens. */
  readonly #codes = new Map<string, { readonly user: string; readonly challenge: string }>()
  readonly #refresh = new Map<string, string>()

  private constructor(issuer: Issuer, server: Server) {
    this.issuer = issuer
    this.#server = server
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<SignInIssuer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const site = new SignInIssuer(await Issuer.start(), server)
    server.on('request', (request, response) => void site.#answer(request, response))
    return site
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.issuer[Symbol.asyncDispose]()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.origin)
    if (pathname === '/oauth2/authorize' && searchParams.has('user')) {
      const code = randomUUID()
      const challenge = searchParams.get('code_challenge') ?? ''
      this.#codes.set(code, { user: searchParams.get('user') ?? '', challenge })
      const back = new URL(searchParams.get('redirect_uri') ?? this.origin)
      back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString()
      response.writeHead(302, { location: back.href }).end()
    } else if (pathname === '/oauth2/authorize') {
      const hidden = [...searchParams].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(
        `<!doctype html><title>Sign in</title><form>${hidden.join('')}<input name="user" id="user"><button id="go">Go</button></form>`,
      )
    } else if (pathname === '/oauth2/token') {
      const answer = this.#exchange(new URLSearchParams(await text(request)))
      response.writeHead(answer === undefined ? 400 : 200, {
        'access-control-allow-origin': request.headers.origin ?? '',
        'content-type': 'application/json',
      })
      response.end(JSON.stringify(answer ?? { error: 'invalid_grant' }))
    } else {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end()
    }
  }

  #exchange(fields: URLSearchParams): object | undefined {
    const code = fields.get('code') ?? ''
    const held = this.#codes.get(code)
    this.#codes.delete(code)
    const challenge = createHash('sha256')
      .update(fields.get('code_verifier') ?? '')
      .digest('base64url')
    const user = held?.challenge === challenge ? held.user : this.#refresh.get(fields.get('refresh_token') ?? '')
    if (user === undefined) return undefined
    this.tokens += 1
    const refreshToken = randomUUID()
    this.#refresh.set(refreshToken, user)
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: this.issuer.url, client_id: 'web', sub: user, scope: 'mqtt', token_use: 'access' }
    const access = this.issuer.token({ ...claims, iat: now, exp: now + tokenLifetime })
    return { access_token: access, refresh_token: refreshToken, token_type: 'Bearer', expires_in: tokenLifetime }
  }
}
