import { rare } from '../support/rare.js'

/** AWS IoT's limit for one PUBLISH, in bytes. */
const maxPayloadBytes = 128 * 1024
/** MQTT's limit for the payload of a last will, which has a length field of two bytes (MQTT 5 §3.1.3.4). */
export const maxWillBytes = 65_535

/**
 * Bytes and strings are sent as they are, other values as JSON. Encodes immediately, so that later changes of the value have no effect.
 *
 * @param limit maximum number of bytes, by default AWS IoT's 128 KB
 * @throws TopicCredentialsError `invalid_argument` over the limit, or for a value without a JSON form
 */
export function payloadBytes(payload: unknown, limit = maxPayloadBytes): Uint8Array | Promise<never> {
  const bytes = payload instanceof Uint8Array ? payload : encoded(payload)
  return bytes !== undefined && bytes.byteLength <= limit ? bytes : refuse(payload, bytes?.byteLength, limit)
}

function encoded(payload: unknown): Uint8Array | undefined {
  const text: string | undefined = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return text === undefined ? undefined : new TextEncoder().encode(text)
}

async function refuse(payload: unknown, bytes: number | undefined, limit: number): Promise<never> {
  throw (await rare()).payloadInvalid(payload, bytes, limit)
}
