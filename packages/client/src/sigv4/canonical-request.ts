import { type Signable, sha256Hex } from './digest.js'
import { uriEncode } from './uri-encode.js'

/** The signed parts of a request. */
export interface RequestToSign {
  readonly method: 'GET' | 'POST'
  /** As sent, percent-encoded. */
  readonly path: string
  /** Names and values, not encoded. */
  readonly query: readonly (readonly [string, string])[]
  /** Lower-case names, including the host. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Signable
}

/**
 * The canonical form of a request, which both sides hash.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function canonicalRequest({ method, path, query, headers, body }: RequestToSign): Promise<string> {
  const lines = Object.entries(headers).sort(byName)
  return [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...lines.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/gu, ' ')}`),
    '',
    signedHeaders(headers),
    await sha256Hex(body),
  ].join('\n')
}

/** `content-type;host;x-amz-date`. */
export function signedHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers).sort().join(';')
}

/** Encoded by RFC 3986, and sorted in byte order. */
function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  const pairs = query.map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
  return pairs
    .sort((a, b) => byName(a, b) || byName([a[1], ''], [b[1], '']))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Removes dot segments and repeated slashes, then encodes each segment once more: `%20` is signed as `%2520`. */
function canonicalPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    if (segment !== '..') kept.push(uriEncode(segment))
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
