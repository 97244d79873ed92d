import { parseJsonBytes } from '@topic-credentials/grants'
import { VendError } from './errors.js'

/** Maximum size of a request body, in bytes. The grants of a larger one cannot fit one policy. */
export const maxBodyBytes = 16 * 1024

/** The body as API Gateway passes it: text, or base64 if the content type is not text. */
export interface EventBody {
  readonly body?: string | undefined
  readonly isBase64Encoded?: boolean | undefined
}

/**
 * The JSON value in a request's body; undefined if the body is empty.
 *
 * @throws VendError `malformed_request`: not UTF-8, not JSON, or too large.
 */
export function requestBody({ body = '', isBase64Encoded = false }: EventBody): unknown {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > maxBodyBytes) {
    throw malformed(`The body has ${bytes.length} bytes.`, `Send at most ${maxBodyBytes} bytes.`)
  }
  if (bytes.length === 0) return undefined
  // The parser's own message would quote the body, which can contain anything.
  return parseJsonBytes(bytes, () =>
    malformed('The body is not JSON in UTF-8.', 'Send an object such as {"subscribe":["test"]}, or nothing.'),
  )
}

function malformed(message: string, remedy: string): VendError {
  return new VendError('malformed_request', message, { remedy })
}
