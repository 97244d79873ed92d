import { TopicCredentialsError } from '../errors.js'

/** AWS IoT's limit for one PUBLISH, in bytes. */
const maxPayloadBytes = 128 * 1024
/** MQTT's limit for the payload of a last will, whose length stands in two bytes (MQTT 5 §3.1.3.4). */
export const maxWillBytes = 65_535

/**
 * Bytes and text go as they are, everything else as JSON.
 *
 * @param limit the most bytes, by default AWS IoT's 128 KB
 * @throws TopicCredentialsError `invalid_argument` over the limit, or for what JSON cannot say
 */
export function payloadBytes(payload: unknown, limit = maxPayloadBytes): Uint8Array {
  const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(textOf(payload))
  if (bytes.byteLength <= limit) return bytes
  throw new TopicCredentialsError(
    `The payload has ${bytes.byteLength} bytes; ${limit === maxWillBytes ? 'a last will' : 'AWS IoT'} takes ${limit}`,
    {
      code: 'invalid_argument',
      value: `${bytes.byteLength} bytes`,
      remedy: 'Send it in parts, or put it into S3 and publish where it is.',
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
    remedy: 'Give bytes, text, or something that JSON can say.',
  })
}
