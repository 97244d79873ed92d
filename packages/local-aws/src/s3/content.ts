import { createHash } from 'node:crypto'
import { ServiceError } from '../protocols/service-error.js'
import type { Call } from '../protocols/signed-service.js'

/**
 * The uploaded content: unwrapped if the SDK sends chunks with a trailing checksum, and compared with the digests in the request. TLS protects
 * the unsigned parts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function readContent({ headers, body }: Pick<Call, 'headers' | 'body'>): Buffer {
  const declared = String(headers['x-amz-content-sha256'] ?? '')
  if (declared === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return unwrap(body)
  if (declared === 'UNSIGNED-PAYLOAD') return checked(headers, body)
  if (!/^[0-9a-f]{64}$/u.test(declared)) {
    throw new ServiceError('NotImplemented', 501, `The stand-in does not support payloads of type ${declared}`)
  }
  if (digest('sha256', body, 'hex') !== declared) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    throw new ServiceError('XAmzContentSHA256Mismatch', 400, message)
  }
  return checked(headers, body)
}

function checked(headers: Call['headers'], body: Buffer): Buffer {
  const [sha256, md5] = [headers['x-amz-checksum-sha256'], headers['content-md5']]
  const wrong =
    (sha256 !== undefined && digest('sha256', body, 'base64') !== sha256) ||
    (md5 !== undefined && digest('md5', body, 'base64') !== md5)
  if (wrong) throw new ServiceError('BadDigest', 400, 'The digest you specified did not match what we received.')
  return body
}

/** `<hexadecimal length>\r\n<bytes>\r\n` … `0\r\n`, then trailers, whose checksum is not verified. */
function unwrap(body: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at)
    const size = end < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, end), 16)
    if (Number.isNaN(size)) throw new ServiceError('IncompleteBody', 400, 'The request body terminated unexpectedly')
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(body.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}

function digest(algorithm: 'sha256' | 'md5', content: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(content).digest(encoding)
}
