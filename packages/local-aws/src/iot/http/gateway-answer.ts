import { randomUUID } from 'node:crypto'
import type { GatewayError } from '../access/signature-gate.js'
import { corsHeaders } from './cors.js'

/** An HTTP response without its status. */
export interface GatewayAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Headers and body of an error in the format of AWS IoT Core's gateway, including the colon after the type.
 * @param now milliseconds since the epoch: clients correct their clocks by the `date` header
 */
export function gatewayAnswer({ code, message }: GatewayError, now: number): GatewayAnswer {
  const requestId = randomUUID()
  const { headers, body } = jsonAnswer({ message, traceId: requestId }, requestId, now)
  return { headers: { ...headers, 'x-amzn-ErrorType': `${code}:` }, body }
}

/** The same for a successful operation. */
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
