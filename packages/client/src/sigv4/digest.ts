import { hex } from '../support/hex.js'
import { rare } from '../support/rare.js'

const utf8 = new TextEncoder()

/** Strings are encoded as UTF-8. */
export type Signable = string | Uint8Array

/** SHA-256 in hexadecimal digits. @throws TopicCredentialsError `insecure_context` */
export async function sha256Hex(data: Signable): Promise<string> {
  const subtle = await webCrypto()
  return hex(await subtle.digest('SHA-256', bytesOf(data)))
}

/** HMAC with SHA-256. @throws TopicCredentialsError `insecure_context` */
export async function hmac(key: Signable, data: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const subtle = await webCrypto()
  const imported = await subtle.importKey('raw', bytesOf(key), algorithm, false, ['sign'])
  return new Uint8Array(await subtle.sign('HMAC', imported, bytesOf(data)))
}

/** A page that is served neither over https nor from this machine has no WebCrypto, so it cannot sign. */
async function webCrypto(): Promise<typeof globalThis.crypto.subtle> {
  const found: Partial<typeof globalThis.crypto> | undefined = globalThis.crypto
  if (found?.subtle === undefined) throw (await rare()).insecureContext()
  return found.subtle
}

function bytesOf(data: Signable): Uint8Array<ArrayBuffer> {
  return new Uint8Array(typeof data === 'string' ? utf8.encode(data) : data)
}
