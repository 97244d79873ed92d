import type { IncomingMessage, ServerResponse } from 'node:http'
import { isRecord, isSameText, type SignedInUser as SignedIn, type SignInRequest } from '@topic-credentials/project'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import type { TlsMaterial } from '../tls.js'
import type { LocalIssuer } from './issuer.js'
import { localIssuer, tokenSeconds } from './names.js'
import { SignInError } from './sign-in-error.js'

const longestRequest = 65_536

/** What the issuer's own port answers with. */
export interface IssuerSettings {
  readonly tls: TlsMaterial
  /** 0 for any free port. */
  readonly port: number
  readonly issuer: LocalIssuer
  /** What a client has to know; it is announced to this user's other processes alone. */
  readonly secret: string
  audience(): string
}

/**
 * The issuer as OpenID Connect has it: discovery and keys for everybody on this machine, tokens for who knows the secret, so that no page and
 * no other user of the machine signs in as anybody.
 *
 * `POST /token` takes `grant_type=password` (RFC 6749 4.3), `username`, and `claims`, a JSON object; the client is `local-aws`, by HTTP Basic.
 */
export function serveIssuer(settings: IssuerSettings): Promise<HttpsServer> {
  const { tls, port, issuer } = settings
  return serveHttps({
    tls,
    port,
    answer: async (request, response) => {
      const asked = `${request.method} ${(request.url ?? '').split('?')[0]}`
      if (asked === 'GET /.well-known/openid-configuration') return json(response, 200, discovery)
      if (asked === 'GET /keys') return json(response, 200, await issuer.keys())
      if (asked === 'POST /token') return answerToken(settings, request, response)
      json(response, 404, { error: 'not_found' })
    },
  })
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
const discovery = {
  issuer: localIssuer,
  jwks_uri: `${localIssuer}/keys`,
  token_endpoint: `${localIssuer}/token`,
  grant_types_supported: ['password'],
  response_types_supported: ['token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
}

async function answerToken(settings: IssuerSettings, request: IncomingMessage, response: ServerResponse) {
  const body = await readBody(request, longestRequest)
  const basic = /^Basic ([\w+/=]+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const [client, ...secret] = Buffer.from(basic, 'base64').toString().split(':')
  if (client !== 'local-aws' || !isSameText(secret.join(':'), settings.secret)) {
    response.setHeader('www-authenticate', 'Basic realm="local-aws"')
    return json(response, 401, { error: 'invalid_client' })
  }
  const fields = new URLSearchParams(body?.toString() ?? '')
  if (fields.get('grant_type') !== 'password') return json(response, 400, { error: 'unsupported_grant_type' })
  try {
    const claims = claimsIn(JSON.parse(fields.get('claims') ?? '{}'))
    const subject = { user: fields.get('username') ?? '', claims, audience: settings.audience() }
    const token = await settings.issuer.token(subject)
    json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds })
  } catch (error) {
    const description = error instanceof SignInError ? `${error.message}. ${error.remedy}` : 'claims is no JSON object'
    json(response, 400, { error: 'invalid_request', error_description: description })
  }
}

/** `POST /_local/sign-in` of the account's endpoint: `{ "user": "alice", "claims": {…} }`. */
export async function answerSignIn(
  { secret, signIn }: { readonly secret: string; signIn(request: SignInRequest): Promise<SignedIn> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, longestRequest)
  const given = /^Bearer (\S+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (request.method !== 'POST' || !isSameText(given, secret)) return json(response, 403, { message: 'Forbidden' })
  try {
    const { user, claims } = JSON.parse(body?.toString() ?? '') as { user?: unknown; claims?: unknown }
    json(response, 200, await signIn({ user: String(user ?? ''), claims: claimsIn(claims ?? {}) }))
  } catch (error) {
    const { code, message, remedy } =
      error instanceof SignInError ? error : { code: 'malformed', message: String(error), remedy: 'Send JSON.' }
    json(response, 400, { code, message, remedy })
  }
}

function claimsIn(value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value
  throw new TypeError('claims have to be a JSON object')
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}
