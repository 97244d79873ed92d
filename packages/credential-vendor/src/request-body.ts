import { VendError } from './errors.js'

/** The largest request body, in bytes. A policy cannot hold what a larger one could ask for. */
export const maxBodyBytes = 16 * 1024

/** The body as API Gateway hands it over: text, or base64 when the content type is not text. */
export interface EventBody {
  readonly body?: string | undefined
  readonly isBase64Encoded?: boolean | undefined
}

/**
 * The JSON value in a request's body; undefined when there is none.
 *
 * @throws VendError `malformed_request`: not UTF-8, not JSON, or too large.
 */
export function requestBody({ body = '', isBase64Encoded = false }: EventBody): unknown {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > maxBodyBytes) {
    throw malformed(`The body has ${bytes.length} bytes.`, `Send at most ${maxBodyBytes}.`)
  }
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's own message quotes the body, which may hold anything.
    throw malformed('The body is not JSON in UTF-8.', 'Send an object such as {"subscribe":["test"]}, or nothing.')
  }
}

function malformed(message: string, remedy: string): VendError {
  return new VendError('malformed_request', message, { remedy })
}
