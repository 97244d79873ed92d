import { sha256Hex } from './digest.js'
import { type Signer, scopeOf, signatureOf, stringToSign, timestampOf } from './signature.js'
import { uriEncode } from './uri-encode.js'

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
  const credential = uriEncode(`${signer.accessKeyId}/${scopeOf(scope)}`)
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${timestampOf(signer.date)}&X-Amz-SignedHeaders=host`
  const canonical = `GET\n/mqtt\n${query}\nhost:${host}\n\nhost\n${await sha256Hex('')}`
  const signature = await signatureOf(scope, await stringToSign(scope, canonical))
  const token = signer.sessionToken === undefined ? '' : `&X-Amz-Security-Token=${uriEncode(signer.sessionToken)}`
  return `/mqtt?${query}&X-Amz-Signature=${signature}${token}`
}
