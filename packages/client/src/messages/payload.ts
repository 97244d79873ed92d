import { TopicCredentialsError } from '../errors.js'

/** AWS IoT's limit for one PUBLISH, in bytes. */
const maxPayloadBytes = 128 * 1024
/** MQTT's limit for the payload of a last will, which has a length field of two bytes (MQTT 5 §3.1.3.4). */
export const maxWillBytes = 65_535

/**
 * Bytes and strings are sent as they are, other values as JSON.
 *
 * @param limit maximum number of bytes, by default AWS IoT's 128 KB
 * @throws TopicCredentialsError `invalid_argument` over the limit, or for a value without a JSON form
 */
export function payloadBytes(payload: unknown, limit = maxPayloadBytes): Uint8Array {
  const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(textOf(payload))
  if (bytes.byteLength <= limit) return bytes
  throw new TopicCredentialsError(
    `The payload has ${bytes.byteLength} bytes; the limit ${limit === maxWillBytes ? 'of a last will' : 'of AWS IoT'} is ${limit}`,
    {
      code: 'invalid_argument',
      value: `${bytes.byteLength} bytes`,
      remedy: 'Send it in parts, or upload it to S3 and publish its location.',
    },
  )
}

function textOf(payload: unknown): string {
  if (typeof payload === 'string') return payload
  const json = JSON.stringify(payload)
  if (json !== undefined) return json
  throw new TopicCredentialsError(`A payload of type ${typeof payload} cannot be sent`, {
    code: 'invalid_argument',
    value: typeof payload,
    remedy: 'Pass bytes, a string, or a value with a JSON form.',
  })
}
