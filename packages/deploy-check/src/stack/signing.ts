import { Hash } from '@smithy/hash-node'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Keys } from '../environment.js'

/** One POST request, with or without a signature. */
export interface Post {
  readonly url: URL
  readonly contentType: string
  /** Further headers, which are signed. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** The headers of a POST request signed with SigV4. */
export async function signedHeaders(
  { url, contentType, body, headers: more }: Post,
  keys: Keys,
  service: 'dynamodb' | 'execute-api' | 'sts',
  region: string,
): Promise<Record<string, string>> {
  const headers = { host: url.host, 'content-type': contentType, ...more }
  const request = httpRequest(url, { method: 'POST', headers, body })
  const { host, ...signed } = (await signer(keys, service, region).sign(request)).headers
  return signed
}

/**
 * The URL of an MQTT handshake, signed in its query. AWS IoT expects the session token outside the signature, so it is appended
 * afterwards. AWS IoT ignores X-Amz-Expires and accepts a URL for five minutes.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html
 */
export async function signedHandshake(
  endpoint: string,
  { sessionToken, ...keys }: Keys,
  region: string,
): Promise<string> {
  const url = new URL(`wss://${endpoint}/mqtt`)
  const request = httpRequest(url, { method: 'GET', headers: { host: url.host } })
  const { query = {} } = await signer(keys, 'iotdevicegateway', region).presign(request, { expiresIn: 300 })
  const parameters = { ...query, ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }) }
  return `${url.href}?${Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')}`
}

function httpRequest(url: URL, more: ConstructorParameters<typeof HttpRequest>[0]): HttpRequest {
  const { protocol, hostname, pathname: path, port } = url
  return new HttpRequest({ protocol, hostname, path, ...(port === '' ? {} : { port: Number(port) }), ...more })
}

function signer(credentials: Keys, service: string, region: string): SignatureV4 {
  return new SignatureV4({ credentials, service, region, sha256: Hash.bind(null, 'sha256') })
}
