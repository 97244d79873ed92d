import { hex } from '../support/hex.js'
import { hmac, sha256Hex } from './digest.js'

/** Key, service, region and time of a signature. */
export interface SigningScope {
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
  /** By the server's clock: AWS accepts a difference of five minutes. */
  readonly date: Date
}

/** The keys, region and time of a signature. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
  /** By the server's clock. */
  readonly date: Date
}

/** `20150830T123600Z` */
export function timestampOf(date: Date): string {
  return date.toISOString().replaceAll(/[:-]|\.\d{3}/gu, '')
}

/** `20150830/us-east-1/iam/aws4_request`, which follows the access key ID in the credential. */
export function scopeOf({ date, region, service }: Omit<SigningScope, 'secretAccessKey'>): string {
  return `${timestampOf(date).slice(0, 8)}/${region}/${service}/aws4_request`
}

/** The string over which the signature is calculated. */
export async function stringToSign(scope: SigningScope, canonicalRequest: string): Promise<string> {
  const hash = await sha256Hex(canonicalRequest)
  return ['AWS4-HMAC-SHA256', timestampOf(scope.date), scopeOf(scope), hash].join('\n')
}

/**
 * The signature, in hexadecimal digits.
 *
 * @throws TopicCredentialsError `insecure_context`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureOf(scope: SigningScope, text: string): Promise<string> {
  let key = await hmac(`AWS4${scope.secretAccessKey}`, timestampOf(scope.date).slice(0, 8))
  for (const part of [scope.region, scope.service, 'aws4_request']) key = await hmac(key, part)
  return hex(await hmac(key, text))
}
