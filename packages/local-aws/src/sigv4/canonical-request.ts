import { createHash } from 'node:crypto'
import { headerValue, type SignedRequest } from './signed-request.js'

/** The form of a signature: its signed headers, and the query parameters that it omits. */
export interface CanonicalForm {
  /** Lower case, in the order of SignedHeaders. */
  readonly signedHeaders: readonly string[]
  readonly omittedParameters: ReadonlySet<string>
  /** The signer's value of the Host header. */
  readonly host: string
  /** S3's form: the path is signed as it is, and the body by the digest in a header. */
  readonly s3?: boolean
}

/**
 * The canonical form of a request, which both sides hash.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(request: SignedRequest, form: CanonicalForm): string {
  return [
    request.method,
    form.s3 ? encodeOnce(request.path) : canonicalPath(request.path),
    canonicalQuery(request.query, form.omittedParameters),
    ...form.signedHeaders.map((name) => `${name}:${name === 'host' ? form.host : (headerValue(request, name) ?? '')}`),
    '',
    form.signedHeaders.join(';'),
    (form.s3 && headerValue(request, 'x-amz-content-sha256')) || sha256(request.body ?? ''),
  ].join('\n')
}

/**
 * Removes dot segments and repeated slashes, then encodes every segment once more: a received `%2F` is signed as `%252F`. (S3 does
 * neither.)
 */
function canonicalPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') {
      kept.pop()
    } else if (segment !== '' && segment !== '.') {
      kept.push(segment)
    }
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${kept.map(uriEncode).join('/')}${trailing}`
}

function encodeOnce(path: string): string {
  return path
    .split('/')
    .map((segment) => uriEncode(decode(segment)))
    .join('/')
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Every parameter decoded, encoded by RFC 3986, and sorted by name and then by value, in byte order. */
function canonicalQuery(query: string, omitted: ReadonlySet<string>): string {
  return queryParameters(query)
    .filter(([name]) => !omitted.has(name))
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Name and value pairs, percent-decoded; a `+` is a plus sign. */
export function queryParameters(query: string): readonly (readonly [string, string])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

/** RFC 3986: everything but letters, digits, `-`, `.`, `_` and `~`. Unlike encodeURIComponent it never throws. */
function uriEncode(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-._~]+/gu, (run) =>
    [...Buffer.from(run)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Invalid UTF-8 or a stray percent sign: used as it is, and will hardly match the signature.
    return text
  }
}
