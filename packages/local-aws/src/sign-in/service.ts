import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  isRecord,
  isSameText,
  type SignedInUser as SignedIn,
  type SignInRequest,
  withRemedy,
} from '@topic-credentials/project'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import type { TlsMaterial } from '../tls.js'
import { localIssuer, tokenSeconds } from './names.js'
import type { SignIn } from './sign-in.js'
import { SignInError } from './sign-in-error.js'

const longestRequest = 65_536

/**
 * Serves the issuer as OpenID Connect defines it: discovery and keys without authentication; tokens for clients with the secret, so that no page
 * and no other user of the machine can sign in.
 *
 * `POST /token` accepts `grant_type=password` (RFC 6749 4.3), `username`, and `claims`, a JSON object; the client is `local-aws`, by HTTP Basic.
 *
 * @param port 0 selects a free one
 */
export function serveIssuer(signIn: SignIn, tls: TlsMaterial, port: number): Promise<HttpsServer> {
  return serveHttps({
    tls,
    port,
    answer: async (request, response) => {
      const asked = `${request.method} ${(request.url ?? '').split('?')[0]}`
      if (asked === 'GET /.well-known/openid-configuration') return json(response, 200, discovery)
      if (asked === 'GET /keys') return json(response, 200, await signIn.issuer.keys())
      if (asked === 'POST /token') return answerToken(signIn, request, response)
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

async function answerToken(signIn: SignIn, request: IncomingMessage, response: ServerResponse) {
  const body = await readBody(request, longestRequest)
  const basic = /^Basic ([\w+/=]+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const [client, ...secret] = Buffer.from(basic, 'base64').toString().split(':')
  if (client !== 'local-aws' || !isSameText(secret.join(':'), signIn.secret)) {
    response.setHeader('www-authenticate', 'Basic realm="local-aws"')
    return json(response, 401, { error: 'invalid_client' })
  }
  const fields = new URLSearchParams(body?.toString() ?? '')
  if (fields.get('grant_type') !== 'password') return json(response, 400, { error: 'unsupported_grant_type' })
  try {
    const claims = claimsIn(JSON.parse(fields.get('claims') ?? '{}'))
    const subject = { user: fields.get('username') ?? '', claims, audience: signIn.audience }
    const token = await signIn.issuer.token(subject)
    json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds })
  } catch (error) {
    const description = error instanceof SignInError ? withRemedy(error) : 'claims is not a JSON object'
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
  throw new TypeError('claims must be a JSON object')
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}
