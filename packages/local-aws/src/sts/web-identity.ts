import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Directory, OpenIdConnectProvider } from '../iam/index.js'
import { ServiceError } from '../protocols/service-error.js'

/** The verified claims of an ID token. */
export interface WebIdentity {
  readonly provider: OpenIdConnectProvider
  readonly subject: string
  readonly audience: string
  /** `amr`: how the user signed in. */
  readonly methods: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity: string | undefined
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

const notAToken = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
const notValidated =
  'The web identity token that was passed could not be validated by AWS. Get a new identity token from the identity provider and then retry the request.'
const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

/** Issuer known to the account, signature by one of its keys, audience, times: in this order. @throws ServiceError */
export async function verifyWebIdentity(token: string, directory: Directory, now: number): Promise<WebIdentity> {
  const { issuer, keyId } = readToken(token)
  const provider = directory.openIdConnectProvider(issuer)
  if (!provider) throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`)
  const claims = await verified(token, await keysOf(provider, keyId), issuer, now)
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? [])
  // With an authorized party, the token was issued for it.
  const audience =
    typeof claims.azp === 'string' ? claims.azp : audiences.find((one) => provider.clientIds.includes(one))
  if (audience === undefined || !provider.clientIds.includes(audience)) throw invalid('Incorrect token audience')
  if (typeof claims.sub !== 'string' || claims.exp === undefined) throw invalid(notValidated)
  const sourceIdentity = claims['https://aws.amazon.com/source_identity']
  return {
    provider,
    subject: claims.sub,
    audience,
    methods: strings(claims.amr),
    ...readTags(claims['https://aws.amazon.com/tags']),
    sourceIdentity: typeof sourceIdentity === 'string' ? sourceIdentity : undefined,
  }
}

function readToken(token: string): { issuer: string; keyId: string } {
  try {
    const { iss } = decodeJwt(token)
    const { kid } = decodeProtectedHeader(token)
    if (typeof iss === 'string') return { issuer: iss, keyId: kid ?? '' }
  } catch {
    // Reported below: it is not an ID token.
  }
  throw invalid(notAToken)
}

async function keysOf(provider: OpenIdConnectProvider, keyId: string): Promise<JWTVerifyGetKey> {
  try {
    return await provider.keys.forKeyId(keyId)
  } catch (error) {
    const message =
      'The identity provider (IDP) that was asked to verify the incoming identity token could not be reached.'
    throw new ServiceError('IDPCommunicationError', 400, message, String(error))
  }
}

async function verified(token: string, keys: JWTVerifyGetKey, issuer: string, now: number): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, { algorithms, issuer, currentDate: new Date(now) })).payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      const times = `current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${error.payload.exp}`
      throw new ServiceError('ExpiredTokenException', 400, `Token expired: ${times}`)
    }
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw invalid(noKey)
    }
    throw invalid(notValidated)
  }
}

/** `{ principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] }` */
function readTags(claim: unknown): Pick<WebIdentity, 'tags' | 'transitiveTagKeys'> {
  if (claim === undefined) return { tags: {}, transitiveTagKeys: [] }
  const { principal_tags: tags, transitive_tag_keys: keys } = Object(claim)
  const entries = Object.entries(Object(tags)).map(([key, value]): [string, string] => {
    const [one, ...more] = strings(value)
    if (one === undefined || more.length > 0) throw invalid(`The tag ${key} of the token must have one value.`)
    return [key, one]
  })
  return { tags: Object.fromEntries(entries), transitiveTagKeys: strings(keys) }
}

function strings(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((item) => typeof item === 'string')
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidIdentityToken', 400, message)
}
