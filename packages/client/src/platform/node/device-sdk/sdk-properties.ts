import type { mqtt5 } from 'aws-iot-device-sdk-v2'
import type { MessageProperties } from '../../../connection/message-properties.js'
import { unsendable } from '../../../errors.js'

/** MQTT writes the length of a text in two bytes (MQTT 5 §1.5.4). */
const maxBytes = 65_535
/** Message Expiry Interval is a four-byte integer (§3.3.2.3.3). */
const maxSeconds = 0xffff_ffff

/**
 * The SDK's names for MQTT 5's properties, which it takes without a check in part, and refuses without a word about which in part.
 *
 * @throws TopicCredentialsError `invalid_argument`
 */
export function sdkProperties(properties: MessageProperties): Partial<mqtt5.PublishPacket> {
  const { responseTopic, correlationData, messageExpiryInterval, contentType, userProperties } = properties
  for (const [name, value] of Object.entries(properties)) {
    if (isSayable(name, value)) continue
    const found = typeof value === 'number' || name === 'responseTopic' ? value : typeof value
    throw unsendable(`${name} cannot be ${found}`)
  }
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: new Uint8Array(correlationData) }),
    ...(messageExpiryInterval === undefined ? {} : { messageExpiryIntervalSeconds: messageExpiryInterval }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userProperties === undefined
      ? {}
      : { userProperties: userProperties.map(([name, value]) => ({ name, value })) }),
  }
}

/** What the SDK has received, by MQTT 5's names. @param bytesOf the SDK's bytes as ours */
export function propertiesOf(
  message: mqtt5.PublishPacket,
  bytesOf: (payload: unknown) => Uint8Array,
): MessageProperties {
  const { responseTopic, correlationData, messageExpiryIntervalSeconds, contentType, userProperties } = message
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: bytesOf(correlationData) }),
    ...(messageExpiryIntervalSeconds === undefined ? {} : { messageExpiryInterval: messageExpiryIntervalSeconds }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userProperties === undefined ? {} : { userProperties: userProperties.map(({ name, value }) => [name, value]) }),
  }
}

function isSayable(name: string, value: unknown): boolean {
  switch (name) {
    case 'correlationData':
      return value instanceof Uint8Array && value.byteLength <= maxBytes
    case 'messageExpiryInterval':
      return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxSeconds
    case 'responseTopic':
      return isText(value) && /^[^#+]+$/u.test(String(value))
    case 'userProperties':
      return (
        Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText))
      )
    default:
      return isText(value)
  }
}

/** No null character, no half of a surrogate pair [MQTT-1.5.4-1, -2]. */
function isText(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    !/[\0\p{Surrogate}]/u.test(value) &&
    new TextEncoder().encode(value).byteLength <= maxBytes
  )
}
