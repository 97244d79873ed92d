import { isRecord, parseJsonBytes } from '@topic-credentials/grants'
import { notSupported } from '../errors.js'

const compactJws = /^(?:bearer )?([\w-]+)\.([\w-]+)\.([\w-]*)$/iu

/**
 * The payload of the token in `authorization`, without verification: API Gateway has verified it. API Gateway treats a header with several
 * tokens as one string, so such a header is refused here.
 *
 * @throws VendError `caller_not_supported`
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 */
export function bearerPayload(headers: unknown): Readonly<Record<string, unknown>> {
  const { authorization } = (headers ?? {}) as { readonly authorization?: unknown }
  const payload = typeof authorization === 'string' ? compactJws.exec(authorization)?.[2] : undefined
  const parsed = payload === undefined ? undefined : parseJsonBytes(Buffer.from(payload, 'base64url'))
  if (isRecord(parsed)) return parsed
  throw notSupported(
    'The Authorization header does not contain exactly one token.',
    'Send one header: Authorization: Bearer TOKEN.',
  )
}
