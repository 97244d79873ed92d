import type { VendResponse } from '@topic-credentials/grants/core'
import type { OutgoingMessage, QoS } from '../connection/transport.js'
import { ungranted } from './grant-check.js'
import { maxWillBytes, payloadBytes } from './payload.js'

/**
 * The message that the broker publishes if the connection ends unexpectedly: broken, timed out, taken over. Not after `close()`.
 *
 * AWS IoT refuses a connection if its will is not allowed. So its topic needs a `publish` grant, and a `retain` grant if it is
 * retained, for as long as the session lasts.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export interface LastWill {
  readonly topic: string
  /** Bytes and strings are sent as they are, other values as JSON. At most 65,535 bytes, the limit of MQTT. */
  readonly payload: unknown
  /** Default 1. */
  readonly qos?: QoS
  /** Default false. */
  readonly retain?: boolean
}

/**
 * The will for the CONNECT packet.
 *
 * @throws NotGrantedError before anything is sent
 * @throws TopicCredentialsError `invalid_argument` for a payload that cannot be sent
 */
export async function grantedWill(
  { topic, payload, qos = 1, retain = false }: LastWill,
  holder: Pick<VendResponse, 'userId' | 'grants'>,
): Promise<OutgoingMessage> {
  const error = ungranted(holder, 'publish', topic, retain)
  if (error !== undefined) throw error
  return { topic, payload: await payloadBytes(payload, maxWillBytes), qos, retain }
}
