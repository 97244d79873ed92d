// OpenID Connect in the page: authorization code flow with PKCE (RFC 7636), as for a public app client of a Cognito user pool. Tokens stay
// in memory; only the code verifier is in sessionStorage while the user is at the issuer, and it is useless afterwards.

const storageKey = 'code-verifier'

/** Redirects to the issuer, which redirects back to this page. */
export async function goToIssuer({ authorizationEndpoint, clientId, scope }) {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const state = base64url(crypto.getRandomValues(new Uint8Array(16)))
  sessionStorage.setItem(storageKey, JSON.stringify({ verifier, state }))
  const url = new URL(authorizationEndpoint)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }).toString()
  location.assign(url)
}

/** The tokens, if the issuer has just redirected back; otherwise undefined. Removes the code from the URL. */
export async function tokensOfReturn(config) {
  const answer = new URLSearchParams(location.search)
  const code = answer.get('code')
  const stored = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null')
  sessionStorage.removeItem(storageKey)
  if (code === null) return undefined
  history.replaceState(null, '', redirectUri())
  if (stored === null || stored.state !== answer.get('state')) throw new Error('Sign-in was not started in this tab')
  return new Tokens(
    config,
    await ask(config, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri(),
      code_verifier: stored.verifier,
    }),
  )
}

/** An access token that is renewed before it expires. */
class Tokens {
  #config
  #answer
  #expiresAt

  constructor(config, answer) {
    this.#config = config
    this.#take(answer)
  }

  /** For `fromVendor({ token })`. */
  get = async () => {
    if (Date.now() > this.#expiresAt) {
      this.#take(await ask(this.#config, { grant_type: 'refresh_token', refresh_token: this.#answer.refresh_token }))
    }
    return this.#answer.access_token
  }

  #take(answer) {
    this.#answer = { ...this.#answer, ...answer }
    this.#expiresAt = Date.now() + (answer.expires_in - 30) * 1000
  }
}

async function ask({ tokenEndpoint, clientId }, fields) {
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...fields }),
  })
  if (!response.ok) throw new Error(`The issuer refused the request (HTTP ${response.status})`)
  return response.json()
}

function redirectUri() {
  return location.origin + location.pathname
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
