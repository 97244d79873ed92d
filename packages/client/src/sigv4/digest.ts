import { TopicCredentialsError } from '../errors.js'

const utf8 = new TextEncoder()

/** Strings are encoded as UTF-8. */
export type Signable = string | Uint8Array

/** SHA-256 in hexadecimal digits. @throws TopicCredentialsError `insecure_context` */
export async function sha256Hex(data: Signable): Promise<string> {
  return hex(await subtle().digest('SHA-256', bytesOf(data)))
}

/** HMAC with SHA-256. @throws TopicCredentialsError `insecure_context` */
export async function hmac(key: Signable, data: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await subtle().importKey('raw', bytesOf(key), algorithm, false, ['sign'])
  return new Uint8Array(await subtle().sign('HMAC', imported, bytesOf(data)))
}

export function hex(bytes: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A page that is served neither over https nor from this machine has no WebCrypto, so it cannot sign. */
function subtle(): typeof globalThis.crypto.subtle {
  const found: Partial<typeof globalThis.crypto> | undefined = globalThis.crypto
  if (found?.subtle === undefined) throw insecureContext()
  return found.subtle
}

function bytesOf(data: Signable): Uint8Array<ArrayBuffer> {
  return new Uint8Array(typeof data === 'string' ? utf8.encode(data) : data)
}

function insecureContext(): TopicCredentialsError {
  return new TopicCredentialsError('crypto.subtle is not available: this page is not a secure context', {
    code: 'insecure_context',
    remedy: 'Serve the page over https or, during development, from http://localhost or http://127.0.0.1.',
  })
}
