import { canonicalRequest, signedHeaders } from './canonical-request.js'
import { type Signer, type SigningScope, scopeOf, signatureOf, stringToSign, timestampOf } from './signature.js'

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
