import { Hash } from '@smithy/hash-node'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Keys } from '../target.js'

/** The URL of a signed MQTT handshake. AWS IoT expects the session token outside the signature, so it is appended. */
export async function presignedHandshake(endpoint: string, region: string, keys: Keys): Promise<string> {
  const { sessionToken, ...credentials } = keys
  const url = new URL(`wss://${endpoint}/mqtt`)
  const request = httpRequest(url, { method: 'GET', headers: { host: url.host } })
  const { query = {} } = await signer(credentials, 'iotdevicegateway', region).presign(request, { expiresIn: 300 })
  const parameters = { ...query, ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }) }
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return `${url.href}?${pairs.join('&')}`
}

/** A request to sign, and its service. */
export interface Signable {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly service: string
  readonly body?: string
}

/** The headers of a signed request. */
export async function signedHeaders(signable: Signable, region: string, keys: Keys): Promise<Record<string, string>> {
  const { method, url, service, body = '' } = signable
  const headers = { host: url.host, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) }
  const query = Object.fromEntries(url.searchParams)
  const request = httpRequest(url, { method, headers, query, ...(method === 'POST' ? { body } : {}) })
  return { ...(await signer(keys, service, region).sign(request)).headers }
}

function httpRequest(url: URL, more: ConstructorParameters<typeof HttpRequest>[0]): HttpRequest {
  const { protocol, hostname, pathname: path, port } = url
  return new HttpRequest({ protocol, hostname, path, ...(port === '' ? {} : { port: Number(port) }), ...more })
}

function signer(keys: Keys, service: string, region: string): SignatureV4 {
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  return new SignatureV4({ credentials, service, region, sha256: Hash.bind(null, 'sha256') })
}
