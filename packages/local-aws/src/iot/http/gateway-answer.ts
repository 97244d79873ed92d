import { randomUUID } from 'node:crypto'
import type { GatewayError } from '../access/signature-gate.js'
import { corsHeaders } from './cors.js'

/** An HTTP answer but for its status. */
export interface GatewayAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Headers and body of an error as AWS IoT Core's gateway sends them, the colon after the type included.
 * @param now Milliseconds since the epoch: clients correct their clocks by the header `date`.
 */
export function gatewayAnswer({ code, message }: GatewayError, now: number): GatewayAnswer {
  const requestId = randomUUID()
  const { headers, body } = jsonAnswer({ message, traceId: requestId }, requestId, now)
  return { headers: { ...headers, 'x-amzn-ErrorType': `${code}:` }, body }
}

/** The same for an operation that went well. */
export function jsonAnswer(content: unknown, requestId: string, now: number): GatewayAnswer {
  const body = JSON.stringify(content)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    date: new Date(now).toUTCString(),
    'x-amzn-RequestId': requestId,
    ...corsHeaders,
  }
  return { headers, body }
}
