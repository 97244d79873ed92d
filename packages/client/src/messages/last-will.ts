import type { VendResponse } from '@topic-credentials/grants/core'
import type { OutgoingMessage, QoS } from '../connection/transport.js'
import { ungranted } from './grant-check.js'
import { maxWillBytes, payloadBytes } from './payload.js'

/**
 * What the broker publishes when the connection ends by itself: cut, timed out, taken over. Not after `close()`.
 *
 * AWS IoT lets nobody connect whose will may not be published, so its topic needs a `publish` grant, and a `retain` grant where it
 * is retained, for as long as the session lasts.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export interface LastWill {
  readonly topic: string
  /** Bytes or text as they are; anything else as JSON. At most 65,535 bytes, which is MQTT's limit. */
  readonly payload: unknown
  /** Default 1. */
  readonly qos?: QoS
  /** Default false. */
  readonly retain?: boolean
}

/**
 * The will as it goes into CONNECT.
 *
 * @throws NotGrantedError before anything is sent
 * @throws TopicCredentialsError `invalid_argument` for a payload that cannot be sent
 */
export function grantedWill(
  { topic, payload, qos = 1, retain = false }: LastWill,
  holder: Pick<VendResponse, 'userId' | 'grants'>,
): OutgoingMessage {
  const error = ungranted(holder, 'publish', topic, retain)
  if (error !== undefined) throw error
  return { topic, payload: payloadBytes(payload, maxWillBytes), qos, retain }
}
