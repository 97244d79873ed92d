import { canonicalQuery, canonicalRequest, signedHeaders, uriEncode } from './canonical-request.js'
import { type SigningScope, scopeOf, signatureOf, stringToSign, timestampOf } from './signature.js'

/** The keys, region and time of a signature. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
  /** By the server's clock. */
  readonly date: Date
}

/**
 * Path and query of a WebSocket URL for AWS IoT's data plane, with AWS IoT's deviations from general presigning: no X-Amz-Expires, and the
 * session token is appended after the signature and not signed.
 *
 * @param host as in the Host header: with the port if it is not the default of the scheme
 * @returns the part after `wss://<host>`. Contains the session token: never log it
 * @throws TopicCredentialsError `insecure_context`
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html MQTT over the WebSocket protocol
 */
export async function presignedPath(signer: Signer, host: string): Promise<string> {
  const scope = { ...signer, service: 'iotdevicegateway' }
  const headers = { host }
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${signer.accessKeyId}/${scopeOf(scope)}`],
    ['X-Amz-Date', timestampOf(signer.date)],
    ['X-Amz-SignedHeaders', signedHeaders(headers)],
  ] as const
  const canonical = await canonicalRequest({ method: 'GET', path: '/mqtt', query, headers, body: '' })
  const signature = await signatureOf(scope, await stringToSign(scope, canonical))
  const token = signer.sessionToken === undefined ? '' : `&X-Amz-Security-Token=${uriEncode(signer.sessionToken)}`
  return `/mqtt?${canonicalQuery(query)}&X-Amz-Signature=${signature}${token}`
}

/**
 * The headers of a JSON POST request to an API with an IAM authorizer.
 *
 * @param service `execute-api` for API Gateway
 * @returns all but `host`, which the HTTP client sets itself
 * @throws TopicCredentialsError `insecure_context`
 */
export async function signedPostHeaders(
  signer: Signer,
  service: string,
  url: URL,
  body: string,
): Promise<Record<string, string>> {
  const scope: SigningScope = { ...signer, service }
  const token = signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }
  const sent = { 'content-type': 'application/json', 'x-amz-date': timestampOf(signer.date), ...token }
  const headers = { ...sent, host: url.host }
  const query = [...url.searchParams]
  const canonical = await canonicalRequest({ method: 'POST', path: url.pathname, query, headers, body })
  const signature = await signatureOf(scope, await stringToSign(scope, canonical))
  const credential = `${signer.accessKeyId}/${scopeOf(scope)}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders(headers)}, Signature=${signature}`
  return { ...sent, authorization }
}
