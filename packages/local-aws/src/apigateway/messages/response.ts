/** A response to the client. */
export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: Buffer
}

/** Headers that belong to one connection or that the server computes: a function cannot set them. */
const notPassedOn = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'])

/** The allowed characters of a header value (RFC 9110, 5.5): others would end the header, or cannot be sent. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/u

/** `{"message":"…"}`, the format of HTTP APIs' own responses. */
export function message(status: number, text: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  const body = Buffer.from(JSON.stringify({ message: text }))
  return { status, headers: { 'content-type': 'application/json', ...headers }, cookies: [], body }
}

/**
 * Converts a function's payload to an HTTP response, by payload format 2.0: with a `statusCode` it describes a response; without, it is the
 * JSON body of a 200. Undefined if it is not a valid response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function functionResponse(payload: unknown): ApiResponse | undefined {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    const headers = { 'content-type': 'application/json' }
    return { status: 200, headers, cookies: [], body: Buffer.from(JSON.stringify(payload)) }
  }
  const {
    statusCode,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  } = payload as Record<string, unknown>
  const status = typeof statusCode === 'string' && /^\d{3}$/u.test(statusCode) ? Number(statusCode) : statusCode
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return undefined
  if (typeof body !== 'string' && body !== null) return undefined
  if (typeof headers !== 'object' || headers === null || !Array.isArray(cookies)) return undefined
  if (!cookies.every((cookie) => typeof cookie === 'string' && sendable.test(cookie))) return undefined
  const passed: Record<string, string> = { 'content-type': 'text/plain;charset=utf-8' }
  for (const [name, value] of Object.entries(headers)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/iu.test(name) || !sendable.test(String(value))) return undefined
    if (!notPassedOn.has(name.toLowerCase())) passed[name.toLowerCase()] = String(value)
  }
  return {
    status,
    headers: passed,
    cookies,
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}
